"""The reference semantics: small, slow, the oracle of everything else."""
