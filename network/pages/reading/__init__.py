"""Pages that one looks at."""
