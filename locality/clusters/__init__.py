"""Integrated locality working: places, schools, agencies, workers and the caseload."""
