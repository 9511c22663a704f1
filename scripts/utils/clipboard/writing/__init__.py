"""Documents of the DSL to the editor's text, laid out; utils/clipboard_writer.py is their face."""
