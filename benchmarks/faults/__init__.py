"""``./run faults``: referrals are sent and answered over HTTP while parts of a whole system are killed."""
