"""People: who is on record, whom they belong with, where they live, and their story."""
