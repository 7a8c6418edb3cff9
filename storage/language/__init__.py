"""Language of texts and words, scripts, and index keys under which all forms of a word meet."""
