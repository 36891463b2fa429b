"""The project folder of one hub: where its files lie, and how each is read, checked and written.

Imports: core, system, msgspec, ruamel.yaml and PyYAML. It knows nothing of Helm, clusters or screens.
"""
