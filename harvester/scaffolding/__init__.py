"""The source kit: what it takes to add a source and to look whether it still holds."""
