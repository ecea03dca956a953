"""What beat asks for, and how often (seconds). Each task claims its period, so several beats are safe."""

SCHEDULE: dict[str, dict[str, object]] = {
    "bury exhausted work": {"task": "outbox.bury", "schedule": 30.0, "options": {"expires": 30}},
    "prune the outbox": {"task": "outbox.prune", "schedule": 3600.0, "options": {"expires": 3600}},
    "referral clocks": {"task": "referrals.clocks", "schedule": 60.0, "options": {"expires": 60}},
}
