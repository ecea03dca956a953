"""What can be done with people's records."""
