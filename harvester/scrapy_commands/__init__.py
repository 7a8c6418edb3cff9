"""Commands that replace Scrapy's own in a project (the setting COMMANDS_MODULE)."""
