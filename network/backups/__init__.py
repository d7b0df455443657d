"""Backups of the embedded graph: one archive each, written beside a running server, checked, rotated and restored."""
