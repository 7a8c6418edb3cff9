"""What is kept: the vocabulary, the tables, the WARC files, search, query and export."""
