"""The pages of the front door, of services and of referrals."""
