"""What the front door would have kept of screening: ratings, holdings, partners' answers, decisions, second looks."""

import datetime as dt
from dataclasses import dataclass

from locality.demo import days
from locality.demo.batch import NULL, array, flag, or_null
from locality.demo.chance import between, one_of
from locality.demo.families import Person
from locality.demo.script import EARLY_HELP, Script
from locality.demo.teller import Teller
from locality.demo.themes import words, words_by
from locality.demo.world import Worker, fixed_id
from locality.kernel.clock import LONDON
from locality.referrals.api import Rag, enquiry_due

ENQUIRY_HOURS = (2, 6, 24, 0)  # as delivered: Red, Amber, Green, Blue
OTHER_COUNCIL = "Harbourshire County Council"
_PARTNERS = ("Demonstration Police: Community Safety", "Harbour Homes", "Estuary Adult Mental Health",
             "Safe Harbour Domestic Abuse Service")  # fmt: skip
_SHARED = {
    **dict.fromkeys(EARLY_HELP, ("The summary that travels with the referral",
                                 "The service that the referral is offered to")),
    "strategy_discussion": ("What was said and the summary", "Children’s social care and the police"),
    "social_care_referral": ("What was said and the summary", "Children’s social care"),
    "transfer_other_la": ("What was said", OTHER_COUNCIL),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Screened:
    """A contact on the officer's desk: its rating, when it was taken and until when the officer can have worked."""

    contact_id: str
    children: list[Person]
    rag: str
    officer: Worker
    day: int
    minute: int
    until: int  # the last minute of the day


def rate(t: Teller, s: Screened) -> None:
    """The rating and why."""
    reason = one_of(t.aside, tuple(words_by("rated")[s.rag]))
    at = days.stamp(s.day, s.minute)
    t.add("contact_rating", t.new_id(), s.contact_id, s.rag, reason, s.officer.id, s.officer.name, at)


def hold(t: Teller, s: Screened, script: Script) -> None:
    """Who took an open contact; taken over from somebody, or put back, where the script says so."""
    taker, at = s.officer, (s.day, s.minute)
    if script.holding == "taken_over":
        before = another(t, s.officer)
        note_holding(t, s.contact_id, "taken", (before, None), (s.day, max(s.minute - 1, 0)))
        note_holding(t, s.contact_id, "taken_over", (taker, before), at)
        return
    note_holding(t, s.contact_id, "taken", (taker, None), at)
    if script.holding == "put_back":
        note_holding(t, s.contact_id, "put_back", (taker, taker), (s.day, s.until))


def note_holding(t: Teller, contact_id: str, kind: str, who: tuple[Worker, Worker | None], at: tuple[int, int]) -> None:
    """One line of who held the contact: whoever did it, and who held it before."""
    by, before = who
    t.add(
        "contact_holding", t.new_id(), contact_id, kind, by.id, by.name, before.id if before else NULL,
        before.name if before else NULL, days.stamp(*at),
    )  # fmt: skip


def another(t: Teller, officer: Worker) -> Worker:
    """Another officer of the front door."""
    return one_of(t.aside, [other for other in t.world.officers if other is not officer])


def ask_partners(t: Teller, s: Screened, script: Script) -> None:
    """What a partner was asked about the first child, and what it answered."""
    if not script.enquiry:
        return
    child, agency, enquiry = s.children[0], one_of(t.aside, _PARTNERS), t.new_id()
    asked = min(s.minute + 2, s.until)
    instant = dt.datetime.combine(dt.date.fromordinal(s.day), dt.time(asked // 60, asked % 60), LONDON)
    due = enquiry_due(instant, Rag(s.rag), ENQUIRY_HOURS)
    answered = script.enquiry in {"known", "unknown"}
    replied = days.stamp(s.day, min(asked + 20, s.until))
    t.add(
        "partner_enquiry", enquiry, s.contact_id, child.id, fixed_id("agency", agency), agency,
        one_of(t.aside, words("partner_asked")), s.rag, s.officer.id, s.officer.name, days.stamp(s.day, asked),
        NULL if due is None else due.isoformat(sep=" "), replied if answered else NULL,
        flag(script.enquiry == "known") if answered else NULL, s.officer.name if answered else NULL,
    )  # fmt: skip
    if script.enquiry == "known":
        _note(t, s, enquiry, f"{one_of(t.aside, ('Priya Castell', 'Owen Rigby', 'Marta Lind'))}, {agency}", replied)
        _note(t, s, NULL, "School office", replied)


def _note(t: Teller, s: Screened, enquiry: str, told_by: str, stamp: str) -> None:
    note = one_of(t.aside, words("partner_said" if enquiry != NULL else "partner_rang"))
    t.add(
        "hub_note", t.new_id(), s.contact_id, s.children[0].id, enquiry, told_by, note, s.officer.id, s.officer.name,
        stamp,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided for one child, as the contact's row for the child says it."""

    contact_id: str
    child: Person
    outcome: str
    stage: int | None
    reason: str
    needs: tuple[str, ...]
    agreed: bool
    ground: str
    family_told: bool
    referral_id: str | None
    officer: Worker
    day: int
    minute: int


def keep_decision(t: Teller, v: Verdict, *, corrects: str = NULL, why: str = NULL) -> str:
    """A decision, which nothing overwrites; gives its id."""
    decision = t.new_id()
    what, to_whom = _SHARED.get(v.outcome, ("", ""))
    without = v.ground != NULL
    t.add(
        "contact_decision", decision, v.contact_id, v.child.id, v.outcome, or_null(v.stage), v.reason, array(v.needs),
        flag(v.agreed), v.ground, "Nadia Rahimi" if without else "", what, to_whom, flag(v.family_told),
        "Telling them might have put the child at more risk." if without and not v.family_told else "",
        or_null(v.referral_id), v.officer.id, v.officer.name, days.stamp(v.day, v.minute), corrects, why,
    )  # fmt: skip
    return decision


def look_again(t: Teller, v: Verdict, script: Script) -> Worker | None:
    """Another officer's second look on the next working day; who it was, None where nobody looked."""
    day = days.working_after(v.day, 1)
    if not script.looked or not t.has_come(day):
        return None
    other, agrees = another(t, v.officer), script.looked == "agrees"
    note = one_of(t.aside, words("looked_agrees" if agrees else "looked_disagrees"))
    t.add(
        "second_look", t.new_id(), v.contact_id, v.child.id, flag(agrees), note, other.id, other.name,
        days.stamp(day, between(t.aside, 545, 600)),
    )  # fmt: skip
    return other
