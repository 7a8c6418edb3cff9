"""A newsroom of invented outlets on loopback: what the tests and the demonstration crawl."""
