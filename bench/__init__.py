"""Measurements, run by hand with `make bench`; bench/README.md says what each figure means and holds the last ones."""

UNLIMITED = {f"HUBNETZ_RATE_{name}": "0" for name in ("REQUESTS", "OPERATIONS", "COST", "MUTATIONS")}
"""Settings of a server that is asked as fast as it can answer."""
