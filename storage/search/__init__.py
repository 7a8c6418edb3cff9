"""Search: what is indexed, what a query means, where it matched."""
