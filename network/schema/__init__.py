"""The composed schema as documents: snapshots, changes, permissions."""
