"""What the accounts room changes."""
