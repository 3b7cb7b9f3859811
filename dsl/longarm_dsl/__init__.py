"""The language: its text, its meaning, its diagnostics. Imports nothing else of longarm."""
