"""The pages of the CAF room."""
