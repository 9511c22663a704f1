"""The text of the language: lexer, syntax tree, writer, spelling and canonical form; utils/dsl_parser.py is their face."""
