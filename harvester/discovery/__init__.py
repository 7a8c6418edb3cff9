"""Discovery: bytes of feeds, sitemaps and listings in, discovered addresses out, no network."""
