"""Timings, each beside its limit measured in the same run. ``./run bench --help``."""
