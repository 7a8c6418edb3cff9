"""Export: the corpus as JSONL, its schema and its manifest."""
