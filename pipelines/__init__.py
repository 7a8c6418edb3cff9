"""The line on which an article is made: extract, date, judge, fingerprint, deduplicate, persist."""
