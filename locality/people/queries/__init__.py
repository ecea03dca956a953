"""What can be read of people's records."""
