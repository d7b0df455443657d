"""Pages for people: German, usable without script, nothing loaded from anywhere else."""
