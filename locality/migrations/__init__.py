"""Numbered migrations, one file a step, and the number that the code needs in ``HEAD``."""
