"""The regime of China."""
