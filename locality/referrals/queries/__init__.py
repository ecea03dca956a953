"""What pages and other rooms read of the front door."""
