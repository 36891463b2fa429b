"""The steps of the flows, one module a topic; each gets only the adapters it uses. Imports: as flows."""
