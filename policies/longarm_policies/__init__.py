"""The law, one file an instrument."""
