"""The version of the line, apart from the line itself: who only compares versions need not load what reads pages."""

PIPELINE_VERSION = "4"
"""The version of the line. It changes when the same page may read differently, so that no reading of ours is ever taken for an
edit of the publisher's."""
