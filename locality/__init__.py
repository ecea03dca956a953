"""Locality: case management for helping children and families early."""

import atexit
import gc

# Loading the product makes half a million objects that stay. At Python's 700 new objects a look, looking through them
# again and again for garbage took a third of every start.
gc.set_threshold(50_000, 10, 10)
# A program that ends gives all its memory back at once. Looking through it for garbage first, as Python does, took more
# than half as long as the start.
atexit.register(gc.freeze)
