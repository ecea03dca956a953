"""What the caf room brings to the application, and how it follows what other rooms do."""

from locality.caf.operations.following import when_accepted, when_agreed, when_moved, when_withdrawn
from locality.consent import api as consent
from locality.kernel import constraints
from locality.referrals import api as referrals
from locality.stages import api as stages
from locality.web.registration import Room

_AGAIN = "Look at the page again"
constraints.say("one_open_episode", field=None, message=f"Help for this family has just begun. {_AGAIN}")
constraints.say("one_open_lead", field="account_id", message=f"Somebody else has just been named. {_AGAIN}")
constraints.say("one_draft", field=None, message=f"Somebody else has just started this CAF. {_AGAIN}")
constraints.say("assessment_version_key", field=None, message=f"Somebody else has just started this CAF. {_AGAIN}")
constraints.say("one_planned_review", field=None, message=f"Somebody else has just planned the review. {_AGAIN}")
constraints.say("one_comment", field=None, message=f"Somebody else has just saved these comments. {_AGAIN}")
constraints.say("closure_pkey", field=None, message=f"Somebody else has just closed this. {_AGAIN}")

referrals.accepted.register(when_accepted)
stages.moved.register(when_moved)
consent.agreed.register(when_agreed)
consent.withdrawn.register(when_withdrawn)

ROOM = Room(name="caf")
