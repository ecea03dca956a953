"""What the stages room does, by verb."""
