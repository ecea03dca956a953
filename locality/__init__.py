"""Locality: case management for helping children and families early."""

import gc

# Loading the product makes half a million objects that stay. At Python's 700 new objects a look, looking through them
# again and again for garbage took a third of every start.
gc.set_threshold(50_000, 10, 10)
