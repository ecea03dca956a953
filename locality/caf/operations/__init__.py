"""What people do in the CAF room: one function for each verb."""
