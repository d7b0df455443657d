"""E-mail: what it says, how it is sent, and how one gets less of it."""
