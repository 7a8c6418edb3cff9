"""Languages of the archive: which one, which script, and the key under which all forms of a word meet."""
