"""Figures: the triangle and the two headline measures."""
