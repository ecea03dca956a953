"""The forms of the CAF room."""
