"""The `hubnetz` command."""
