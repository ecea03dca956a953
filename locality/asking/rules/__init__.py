"""The rules of asking for help."""
