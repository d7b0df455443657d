"""Measurements, run by hand with `make bench`; bench/README.md says what each figure means and holds the last ones."""
