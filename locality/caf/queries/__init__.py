"""What pages and other rooms may read of the CAF room."""
