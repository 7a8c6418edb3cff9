"""The vocabulary: frozen values of the standard library, no SQL, no HTML."""
