"""The catalogue's data: one TOML file a source, a sibling module where words are not enough."""
