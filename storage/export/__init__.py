"""Export of the corpus as JSON lines or CSV, with its schema and its manifest."""
