"""Dates: a printed string, a zone and the moment of capture become a date with its evidence."""
