"""What the author wrote: text to the surface tree and back."""
