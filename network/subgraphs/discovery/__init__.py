"""Search, suggestions, and municipalities like ours."""
