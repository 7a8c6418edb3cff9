"""Full-text search: the word index, the query syntax, phrase matching and snippets."""
