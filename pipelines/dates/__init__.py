"""Parse printed dates: string, time zone and capture time give a date with its evidence."""
