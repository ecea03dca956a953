"""What can be done with a request for help."""
