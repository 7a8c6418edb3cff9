"""Frozen value types of the archive. Standard library only: no SQL, no HTML."""
