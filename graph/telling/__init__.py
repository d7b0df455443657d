"""Telling people of what happened: news in; lines of inboxes, letters and deliveries out."""
