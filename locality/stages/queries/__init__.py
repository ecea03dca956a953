"""What the stages room reads."""
