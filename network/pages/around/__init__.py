"""The ways in, pages for developers, and the legal ones."""
