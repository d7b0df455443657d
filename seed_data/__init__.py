"""Compiled facts about the ten hubs, as files that a person can read and correct, and what loads them."""
