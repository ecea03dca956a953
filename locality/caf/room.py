"""What the caf room brings to the application, and how it follows what other rooms do."""

from locality.access.permissions import Permission
from locality.accounts import api as accounts
from locality.caf.operations.following import when_accepted, when_agreed, when_moved, when_withdrawn
from locality.caf.operations.leaving import give_back_questions
from locality.caf.queries.finding import add_family_tabs, add_tabs, find_by_reference
from locality.caf.queries.helping import fill_helped
from locality.caf.queries.professionals import add_professionals
from locality.caf.queries.team import add_receivers, fill_leads
from locality.caf.views import (
    assessment,
    auditing,
    checklists,
    closing,
    comparing,
    disputes,
    elements,
    episode,
    families,
    family,
    keeping_out,
    known,
    leading,
    listening,
    meetings,
    my_seeing,
    my_voice,
    outcomes,
    papers,
    people_of,
    plan,
    quality,
    reviews,
    scales,
    scores,
    sections,
    todo,
    voices,
)
from locality.caf.views.blueprint import blueprint
from locality.consent import api as consent
from locality.kernel import constraints
from locality.kernel.actor import Role
from locality.people import api as people
from locality.referrals import api as referrals
from locality.search.find import records_by_reference
from locality.stages import api as stages
from locality.web.registration import NavItem, Room

# Importing a module of pages adds them to the blueprint.
PAGES = (
    families, episode, plan, assessment, elements, sections, people_of, checklists, comparing, papers, family, known,
    voices, listening, my_voice, my_seeing, disputes,
)  # fmt: skip
# Of working together, what has changed, and the end.
TEAM_PAGES = (reviews, meetings, leading, todo, scores, scales, outcomes, closing, quality, auditing)

_AGAIN = "Look at the page again"
constraints.say("one_open_episode", field=None, message=f"Help for this family has just begun. {_AGAIN}")
constraints.say("one_open_lead", field="account_id", message=f"Somebody else has just been named. {_AGAIN}")
constraints.say("one_draft", field=None, message=f"Somebody else has just started this CAF. {_AGAIN}")
constraints.say("assessment_version_key", field=None, message=f"Somebody else has just started this CAF. {_AGAIN}")
constraints.say("one_planned_review", field=None, message=f"Somebody else has just planned the review. {_AGAIN}")
constraints.say("one_lead_request", field=None, message=f"Somebody else has just been asked. {_AGAIN}")
constraints.say("one_quality_audit", field=None, message="You have audited this CAF already")
constraints.say("one_quality_invitation", field="account_id", message="They have been asked already")
constraints.say("scale_code_key", field="name", message="There is a scale of this name already")
constraints.say("scale_version_key", field=None, message=f"Somebody else has just made a next version. {_AGAIN}")
constraints.say("quality_form_number_key", field=None, message=f"Somebody else has just changed the items. {_AGAIN}")
constraints.say("one_comment", field=None, message=f"Somebody else has just saved these comments. {_AGAIN}")
for table in (
    "assessment", "case_role", "plan_action", "plan_goal", "meeting", "lead_request", "score", "family_need",
    "need_check", "quality_audit", "review", "voice_entry", "voice_reading", "voice_sitting", "voice_file",
    "dispute", "quality_invitation",
):  # fmt: skip
    # The page's own id for what it makes is taken by a record that is not this one.
    constraints.say(
        f"{table}_pkey", field=None, message="This page is out of date. Open it again and send it once more"
    )
constraints.say("closure_pkey", field=None, message=f"Somebody else has just closed this. {_AGAIN}")

accounts.disabled.register(give_back_questions)
referrals.accepted.register(when_accepted)
referrals.helped.register(fill_helped)
stages.moved.register(when_moved)
consent.agreed.register(when_agreed)
consent.withdrawn.register(when_withdrawn)

people.standing.register(fill_leads)
people.professionals.register(add_professionals)
people.lines_kept_back.register(keeping_out.keep_lines_back)
people.record_tabs.register(add_tabs)
people.family_tabs.register(add_family_tabs)
stages.receivers.register(add_receivers)
records_by_reference.register(find_by_reference)

ROOM = Room(
    name="caf",
    blueprints=(blueprint,),
    nav=(
        NavItem("My families", "caf.my_families", Permission.MY_FAMILIES_VIEW, 10),
        NavItem("To do", "caf.to_do", Permission.MY_ACTIONS_VIEW, 12),
        NavItem("Quality", "caf.quality_figures", Permission.QUALITY_FIGURES_VIEW, 60),
        NavItem("Scales", "caf.scales", Permission.SCALES_ADMINISTER, 85),
    ),
    homes={Role.LEAD_PROFESSIONAL: "caf.my_families"},
    tasks={"caf.make_paper": "make a paper for somebody", "caf.chase_review": "remind of a review that is due or late"},
)
