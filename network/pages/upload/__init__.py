"""A table of projects: read, compared row by row, and taken over."""
