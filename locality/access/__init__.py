"""Who may see and do what: permissions, a pure policy, grants, and row-level security."""
