"""Locality: case management for helping children and families early."""
