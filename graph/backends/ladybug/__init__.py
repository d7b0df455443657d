"""The graph in this process, in a file."""
