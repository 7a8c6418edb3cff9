"""Watching a run: its tally, its progress and its end."""
