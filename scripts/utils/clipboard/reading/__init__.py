"""Objects of the editor's text to nodes of the DSL, one module a family of node classes; utils/clipboard_reader.py is their face."""
