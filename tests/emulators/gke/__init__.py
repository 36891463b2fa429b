"""Google: clusters by the real message types, and the JSON services that the wizard asks."""
