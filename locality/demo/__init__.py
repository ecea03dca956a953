"""The demonstration locality: invented people only, seeded, at any size."""
