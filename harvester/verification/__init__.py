"""Verification: do the tables, the search index, the WARC files, their indexes and the digests agree?"""
