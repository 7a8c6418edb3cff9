"""Discovery channels: bytes of feeds, sitemaps, listings and APIs in, discovered URLs out, no network."""
