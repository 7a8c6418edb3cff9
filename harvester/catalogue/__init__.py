"""The catalogue: what sources and topics say in TOML, read, checked and composed into rules."""
