"""News Harvester: harvests news into an archive that can be verified, searched and exported."""

__version__ = "0.1.0"
