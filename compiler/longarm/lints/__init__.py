"""Lints: one rule, one module."""
