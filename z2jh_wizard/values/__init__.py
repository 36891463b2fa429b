"""The user's values file as bytes and trees: reading, editing as text, chart versions, traits, migration.

What belongs here takes bytes and trees and gives back bytes and trees; files, networks, processes and screens
are elsewhere. Imports: core, PyYAML, msgspec and jsonschema.
"""
