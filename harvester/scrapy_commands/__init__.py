"""Commands that replace Scrapy's own in a project (setting `COMMANDS_MODULE`)."""
