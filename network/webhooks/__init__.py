"""Webhooks: how an event is signed, how it is sent to an address that a user gave, and who sends it."""
