"""What the accounts room reads."""
