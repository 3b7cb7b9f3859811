"""What a policy means: the core tree, its types, its time."""
