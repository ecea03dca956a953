"""The rules of stages, pure."""
