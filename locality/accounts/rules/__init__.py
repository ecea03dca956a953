"""Decisions of the accounts room."""
