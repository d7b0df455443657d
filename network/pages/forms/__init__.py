"""Forms about entries, and what every form is made of."""
