"""The rules of figures, pure: periods, measures and how they are drawn."""
