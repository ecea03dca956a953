"""What workers can do, what beat asks for and how often (seconds); each task claims its period: any number of beats."""

# Where tasks are defined; a task elsewhere would never be heard of.
TASK_MODULES = (
    "workers.asking",
    "workers.caf",
    "workers.drafts",
    "workers.housekeeping",
    "workers.insight",
    "workers.messages",
    "workers.referrals",
    "workers.stages",
)

SCHEDULE: dict[str, dict[str, object]] = {
    "bury exhausted work": {"task": "outbox.bury", "schedule": 30.0, "options": {"expires": 30}},
    "prune the outbox": {"task": "outbox.prune", "schedule": 3600.0, "options": {"expires": 3600}},
    "forget old requests for help": {"task": "asking.forget", "schedule": 3600.0, "options": {"expires": 3600}},
    "forget old drafts": {"task": "drafts.forget", "schedule": 3600.0, "options": {"expires": 3600}},
    "check of the figures": {"task": "insight.nightly", "schedule": 3600.0, "options": {"expires": 3600}},
    "messages that waited": {"task": "messages.take_up_again", "schedule": 60.0, "options": {"expires": 60}},
    "reviews that are due or late": {"task": "caf.chase_reviews", "schedule": 3600.0, "options": {"expires": 3600}},
    "directory of services": {"task": "referrals.directory", "schedule": 3600.0, "options": {"expires": 3600}},
    "waiting lists": {"task": "referrals.waiting_lists", "schedule": 3600.0, "options": {"expires": 3600}},
    "what waits for somebody who left": {"task": "referrals.pass_on", "schedule": 300.0, "options": {"expires": 300}},
    "moves that wait for somebody who left": {"task": "stages.pass_on", "schedule": 300.0, "options": {"expires": 300}},
    "questions to lead to somebody who left": {
        "task": "caf.give_back_questions",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "referral clocks": {"task": "referrals.clocks", "schedule": 60.0, "options": {"expires": 60}},
}
