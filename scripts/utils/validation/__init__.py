"""The rules of the typed validator; utils/dsl_validator.py is their face."""
