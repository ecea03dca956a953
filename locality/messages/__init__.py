"""Messages to people outside the system, queued with the work that causes them."""
