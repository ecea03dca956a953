"""What the front door would have written: contacts, who got in touch, and a decision for each child."""

import uuid
from dataclasses import dataclass

from locality.access.parts import FRONT_DOOR, GrantReason
from locality.demo import days, identifiers
from locality.demo.batch import EMPTY, NULL, array, flag, or_null
from locality.demo.chance import Weighted, between, one_of
from locality.demo.families import Person
from locality.demo.names import BOY, GIRL, cultures
from locality.demo.script import EARLY_HELP, SOCIAL_CARE, Script
from locality.demo.teller import Teller
from locality.demo.themes import fill, what_was_said, words
from locality.demo.world import Worker
from locality.referrals.api import SOURCE_WORDS, Source

FRONT_DOOR_ID = str(FRONT_DOOR)
KEPT_IN_SIGHT_DAYS = 28
_AGENCIES = {"2A": "School", "2B": "Education service", "3A": "Surgery", "3B": "Health visiting", "6": "Police",
             "3C": "School nursing", "4": "Harbour Homes", "8": "Children’s centre", "7": "Family court"}  # fmt: skip
_ROLES = {"2A": "Teacher", "2B": "Adviser", "3A": "Doctor", "3B": "Health visitor", "3C": "School nurse",
          "6": "Constable", "4": "Housing officer", "8": "Worker", "1A": "Parent", "7": "Court officer"}  # fmt: skip
_DAYS_TO_DECIDE = Weighted({0: 46, 1: 38, 2: 10, 3: 4, 5: 2})
OUTCOME_LINES = {
    "nfa": "no further action",
    "info_advice": "information and advice",
    "signpost_universal": "signpost to a universal service",
    "early_help_single_agency": "early help from one service",
    "early_help_multi_agency": "early help from several services, with an assessment",
    "social_care_referral": "refer to children’s social care",
    "strategy_discussion": "strategy discussion with social care and police",
    "transfer_other_la": "transfer to another council",
    "returned_no_consent": "return to the referrer: the family does not agree",
    "link_to_open_case": "pass to the open case",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, for whom, when and by whom; and the words that travel on."""

    contact_id: str
    children: list[Person]
    outcome: str
    stage: int | None
    needs: tuple[str, ...]
    day: int
    minute: int
    officer: Worker
    source: str
    summary: str
    concern: bool
    referral_id: str | None


def tell_contact(t: Teller, day: int, script: Script) -> Decision | None:
    """A contact of a day and its decision; None while it is undecided."""
    today = day >= t.today
    minute = max(t.minute - between(t.rng, 3, 90), 0) if today else _minute(t)
    officer = t.officer()
    wait = 0 if script.stop else _DAYS_TO_DECIDE.pick(t.rng)
    decided_on = days.working_after(day, wait)
    undecided = script.stop in {"open", "held"} or today or not t.has_come(decided_on)
    children = t.children_on(day)
    contact = t.id()
    stage = None
    if not undecided and script.outcome in EARLY_HELP:
        stage = t.family.theme.stages.pick(t.rng)
    elif not undecided and script.outcome in SOCIAL_CARE:
        stage = 4
    decision = Decision(
        contact_id=contact,
        children=children,
        outcome=script.outcome,
        stage=stage,
        needs=t.family.theme.needs if script.outcome in EARLY_HELP | SOCIAL_CARE else (),
        day=decided_on,
        minute=between(t.rng, max(minute, 9 * 60) if wait == 0 else 9 * 60, 20 * 60 if wait == 0 else 17 * 60),
        officer=officer,
        source=t.family.theme.sources.pick(t.rng),
        summary=_said(t, children[0]),
        concern=script.outcome in SOCIAL_CARE or t.rng.random() < t.family.theme.concern * 0.4,
        referral_id=t.id() if script.outcome in EARLY_HELP | SOCIAL_CARE and not undecided else None,
    )
    _write_contact(t, decision, script, (day, minute), undecided=undecided)
    _write_children(t, decision, (day, minute), undecided=undecided)
    _write_sight(t, decision, (day, minute), undecided=undecided)
    return None if undecided else decision


def _minute(t: Teller) -> int:
    # Most ring in office hours; the police and worried grandparents do not.
    return t.at_work() if t.rng.random() < 0.9 else between(t.rng, 17 * 60, 22 * 60)


def _said(t: Teller, child: Person) -> str:
    carer = t.family.carer.person
    said = what_was_said(t.rng, t.family.theme, of_a_man=carer.kind == BOY)
    return fill(said, child=child.called, carer=carer.given)


def _wants(t: Teller, child: Person) -> str:
    return fill(one_of(t.rng, t.family.theme.wants), child=child.called, carer=t.family.carer.person.given)


def _write_contact(t: Teller, d: Decision, script: Script, received: tuple[int, int], *, undecided: bool) -> None:
    day, minute = received
    held = script.stop == "held"
    taken = days.stamp(day, min(minute + 2, 1439))
    rag = "red" if d.concern else one_of(t.rng, ("amber", "green", "green", "blue"))
    rated = not undecided or held or t.rng.random() < 0.5
    theme = t.family.theme
    agreement = "refused" if d.outcome == "returned_no_consent" else _agreement_known(t)
    wants = _wants(t, d.children[0])
    t.add(
        "contact", d.contact_id, t.batch.reference("CO"), array(c.id for c in d.children), d.source,
        or_null(_AGENCIES.get(d.source)), array(theme.reasons), theme.reasons[0], d.summary, wants,
        agreement, flag(d.concern), flag(d.concern and t.rng.random() < 0.04), rag if rated else NULL,
        d.officer.name if rated else NULL, taken if rated else NULL, "open" if undecided else "decided",
        d.officer.id if held else NULL, d.officer.name if held else NULL, taken if held else NULL,
        days.stamp(day, minute), days.due(day, minute, 1), NULL if undecided else days.stamp(d.day, d.minute), NULL,
        d.officer.id, days.stamp(day, minute), "1" if undecided else "2",
    )  # fmt: skip
    if t.rng.random() < 0.9 and d.source not in {"9", "10"}:
        _write_referrer(t, d)
    if t.rng.random() < 0.5:
        carer = t.family.carer.person
        t.add("contact_adult", t.id(), d.contact_id, carer.id, _relation(t), flag(t.rng.random() < 0.2),
              days.stamp(day, minute))  # fmt: skip
    source = f"{d.officer.name}, {d.officer.job_title}"
    line = f"The front door was contacted. Source: {SOURCE_WORDS[Source(d.source)].lower()}."
    t.story(d.children, day, days.stamp(day, minute), "contact", line, source, ("contact", d.contact_id))
    for topic, said in (("led_to", d.summary), ("wants", wants)):
        _tell(t, d, (topic, said, agreement), received)


def _tell(t: Teller, d: Decision, told: tuple[str, str, str], received: tuple[int, int]) -> None:
    """A line of the story of every child: what the contact told, by whoever a reader may know told it."""
    (topic, said, agreement), (day, minute) = told, received
    from_family = d.source in {"1A", "1C"}
    teller = t.family.carer.person.name if d.source == "1A" else _AGENCIES.get(d.source) or _plainly(d.source)
    standing = {"agreed": "agreed", "refused": "without"}.get(agreement, "not_known")
    own = flag(from_family or topic == "wants")
    for child in d.children if said else ():
        # Made of what it stands for: an id drawn by chance would change everything that is drawn after it.
        line = str(uuid.uuid5(uuid.UUID(d.contact_id), topic + child.id))
        t.add(
            "told_fact", line, d.contact_id, child.id, topic, "story", said, days.text(day), teller, own, "contact",
            d.contact_id, standing, "current", NULL, days.stamp(day, minute), d.officer.id, d.officer.name, NULL, "",
        )  # fmt: skip


def _plainly(source: str) -> str:
    words = SOURCE_WORDS[Source(source)]
    return words if words[:2].isupper() else words[:1].lower() + words[1:]


def _agreement_known(t: Teller) -> str:
    return one_of(t.rng, ("agreed", "agreed", "agreed", "agreed", "not_asked", "unknown"))


def _relation(t: Teller) -> str:
    return {"mother": "Mother", "father": "Father", "grandparent": "Grandparent"}.get(
        t.family.carer.ties[0][1], "Parent"
    )


def _write_referrer(t: Teller, d: Decision) -> None:
    rng = t.rng
    if d.source == "1A":
        name, role, organisation = t.family.carer.person.name, _relation(t), ""
    else:
        culture = cultures().pick(rng)
        name = f"{culture.given(rng, one_of(rng, (GIRL, BOY)))} {culture.surname(rng)}".strip()
        role, organisation = _ROLES.get(d.source, ""), _AGENCIES.get(d.source, "")
    private = d.source in {"1B", "1D"} and rng.random() < 0.6
    t.add(
        "contact_referrer", d.contact_id, array(c.id for c in d.children), name, role, organisation,
        identifiers.landline(between(rng, 0, 999)), "", flag(private), flag(rng.random() < 0.8),
    )  # fmt: skip


def _write_children(t: Teller, d: Decision, received: tuple[int, int], *, undecided: bool) -> None:
    added = days.stamp(*received)
    known = flag(received[0] > t.family.first_day)
    for child in d.children:
        if undecided:
            t.add(
                "contact_child", t.id(), d.contact_id, child.id, known, NULL, NULL, NULL, EMPTY, NULL, NULL, NULL,
                NULL, NULL, NULL, NULL, added, "1",
            )  # fmt: skip
            continue
        agreed = d.outcome in EARLY_HELP or (d.outcome in SOCIAL_CARE and t.rng.random() < 0.5)
        ground = NULL if agreed or d.outcome not in SOCIAL_CARE else "child_at_risk"
        t.add(
            "contact_child", t.id(), d.contact_id, child.id, known, d.outcome, or_null(d.stage), _reason(t, d.outcome),
            array(d.needs), flag(agreed), ground, flag(t.rng.random() < 0.9), d.officer.id, d.officer.name,
            days.stamp(d.day, d.minute), or_null(d.referral_id), added, "2",
        )  # fmt: skip


def _reason(t: Teller, outcome: str) -> str:
    key = {
        "nfa": "nfa",
        "info_advice": "advice",
        "signpost_universal": "advice",
        "transfer_other_la": "nfa",
        "returned_no_consent": "returned",
        "social_care_referral": "social",
        "strategy_discussion": "social",
    }.get(outcome, "decision")
    return one_of(t.rng, words(key))


def _write_sight(t: Teller, d: Decision, received: tuple[int, int], *, undecided: bool) -> None:
    """Grants of the front door, and the line of the decision."""
    since = days.stamp(*received)
    if undecided:
        t.grant(d.children, FRONT_DOOR_ID, GrantReason.FRONT_DOOR, d.contact_id, (since, 0, None))
        return
    decided = days.stamp(d.day, d.minute)
    t.grant(d.children, FRONT_DOOR_ID, GrantReason.FRONT_DOOR, d.contact_id, (since, d.day, decided))
    until = d.day + KEPT_IN_SIGHT_DAYS
    kept = (decided, until, days.stamp(until, d.minute))
    t.grant(d.children, FRONT_DOOR_ID, GrantReason.FRONT_DOOR, d.contact_id, kept)
    line = f"The front door decided: {OUTCOME_LINES[d.outcome]}."
    source = f"{d.officer.name}, {d.officer.job_title}"
    t.story(d.children, d.day, decided, "contact", line, source, ("contact", d.contact_id))
