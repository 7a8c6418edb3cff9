"""Fetching: politeness, robots, the address guard, and capture before reading."""
