"""Accounts: who may sign in, with which roles, since when; and the pages about what everybody did."""
