"""What the clusters room does, by verb."""
