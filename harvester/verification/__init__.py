"""Verification: whether tables, search index, WARC files, CDXJ indexes and digests agree."""
