"""The topics' data: one TOML file a topic."""
