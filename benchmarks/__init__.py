"""Speed as ratios against the plain alternative, in one run: `make bench`."""
