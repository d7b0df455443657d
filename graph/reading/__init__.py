"""Bounded questions that go over several links."""
