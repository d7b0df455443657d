"""Mutations of the directory: experts, events, funding programmes, hub profiles, online services."""
