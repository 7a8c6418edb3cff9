"""The one spider that every source runs, and how Scrapy finds it."""
