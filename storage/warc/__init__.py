"""WARC files: writing, reading, repairing, indexing."""
