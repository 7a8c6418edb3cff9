"""Monitoring: logs and progress of a run, health of its sources, disk use, state of backfills."""
