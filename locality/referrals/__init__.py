"""The front door, referrals, services and routing."""
