"""The catalogue: TOML declarations of sources and topics, validated and composed into rules."""
