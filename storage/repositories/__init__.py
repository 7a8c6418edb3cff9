"""Repositories: functions from rows to model values and back, inside the caller's transaction."""
