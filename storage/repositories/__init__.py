"""Repositories: rows in, model values out."""
