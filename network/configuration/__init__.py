"""Settings and the files of secrets."""
