"""Mein Bereich: what a person and her house have in hand."""
