"""Golden pages and how they are read."""
