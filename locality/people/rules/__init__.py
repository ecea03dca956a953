"""Codes, identifiers, dates, names and matching; pure."""
