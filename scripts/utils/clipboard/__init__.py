"""The editor's text as objects, pins and wires, in all its dialects."""
