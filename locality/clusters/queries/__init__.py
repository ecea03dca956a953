"""What the clusters room reads."""
