"""A family's whole history: one request for help after another, and where it stands today."""

import random

from locality.demo import agreeing, days, told
from locality.demo.asking import end_referral, finish, tell_referral
from locality.demo.caseload import write_case
from locality.demo.chance import between
from locality.demo.course import Course
from locality.demo.front_door import tell_contact
from locality.demo.ledger import Ledger
from locality.demo.referral import Referral
from locality.demo.script import EARLY_HELP, SOCIAL_CARE, Script, draw
from locality.demo.teller import Teller

_COMES_BACK = 0.3
_MOST_JOURNEYS = 6


def tell_family(t: Teller, script: Script) -> None:
    """Everything from the first contact on; the first request goes by ``script``, later ones by chance."""
    ledgers: dict[str, Ledger] = {}
    day, first = t.family.first_day, script
    for _ in range(_MOST_JOURNEYS):
        ended = _tell_request(t, day, script, ledgers)
        if ended is None:
            break
        day = days.working(ended + between(t.rng, 40, 900))
        if not t.has_come(day) or t.rng.random() > _COMES_BACK or not _has_children(t, day):
            break
        script = draw(t.rng, t.family.theme, years_ago=(t.today - day) / 365)
    if first.again is not None and ended is not None:
        _ask_again(t, *first.again)
    for ledger in ledgers.values():
        ledger.close(t)
    told.write_story(t)


def _ask_again(t: Teller, days_ago: int, stop: str, enquiry: str) -> None:
    """Somebody gets in touch once more about a family that the front door knows; it is not decided yet."""
    day = days.working_before(t.today - days_ago) if days_ago else t.today
    if _has_children(t, day):
        # By chances of its own, so that no other family is another for it.
        t.rng, kept = random.Random(f"again {t.family.first_day}"), t.rng  # noqa: S311
        tell_contact(t, day, Script("info_advice", stop=stop, enquiry=enquiry))
        t.rng = kept


def _tell_request(t: Teller, day: int, script: Script, ledgers: dict[str, Ledger]) -> int | None:
    """One request for help; the day on which nothing more follows from it, or None while something does."""
    decision = tell_contact(t, day, script)
    if decision is None:
        return None
    if decision.outcome not in EARLY_HELP | SOCIAL_CARE:
        return decision.day
    if decision.outcome in SOCIAL_CARE and t.rng.random() < 0.5:
        officer = decision.officer
        agreeing.share_without(t, decision.children, decision.day, decision.minute, officer.name, officer.id)
    referral = tell_referral(t, decision, script)
    ended = _follow(t, referral, script, ledgers)
    finish(t, referral)
    return ended


def _follow(t: Teller, referral: Referral, script: Script, ledgers: dict[str, Ledger]) -> int | None:
    if referral.state not in {"accepted", "allocated"}:
        return referral.day if referral.state == "withdrawn" else None
    if referral.kind == "social_care":
        ended = days.working(referral.day + between(t.rng, 20, 200))
        if not t.has_come(ended):
            return None
        by = referral.worker.name if referral.worker else "Locality"
        end_referral(t, referral, ended, 15 * 60, by, "Social care's work has ended.")
        return ended
    course = Course(t, referral, script, ledgers)
    ended_on = course.run()
    if ended_on is None:
        write_case(t, course.episode, ledgers)
    return ended_on


def _has_children(t: Teller, day: int) -> bool:
    return any((child.born or child.due or 0) > day - 17 * 365 for child in t.family.children)
