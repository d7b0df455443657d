"""What every page stands on: who reads, in which language, what is asked, and how it is shown."""
