"""Benchmarks: one command, one table (`python -m tests.bench`)."""
