"""Tools to add a source and to check whether its declaration still matches the site."""
