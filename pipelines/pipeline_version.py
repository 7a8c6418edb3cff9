"""The version of the pipeline, in a module that loads none of its stages."""

PIPELINE_VERSION = "5"
"""Changes when the same page may be extracted differently, so that a change of ours is never recorded as an
edit of the publisher's."""
