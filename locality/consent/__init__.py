"""Agreement: what a family agreed to, with whom it may be shared, and what was withdrawn."""
