"""A projection of the graph for full-text search: may lag, can always be rebuilt, never decides what a caller sees."""
