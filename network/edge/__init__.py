"""HTTP before any operation: who asks, how much, how often, in what form."""
