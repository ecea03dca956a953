"""Papers of a family's help: prepared for a recipient, given, and made as files."""
