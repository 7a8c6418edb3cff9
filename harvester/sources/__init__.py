"""Declarations of the built-in sources: a TOML file for each, and a Python file of overrides where needed."""
