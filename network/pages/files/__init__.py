"""What is taken away as a file or asked again from an address: tables, calendars, feeds."""
