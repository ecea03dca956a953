"""The practice rules of the CAF room: pure decisions, readable aloud by a practice lead."""
