"""What only a development machine has: an issuer, sample accounts, examples."""
