"""The regime of the United States."""
