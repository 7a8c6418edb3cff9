"""Reading one page: per field an override, a selector, structured data, then trafilatura."""
