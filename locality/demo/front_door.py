"""What the front door would have written: contacts, who got in touch, and a decision for each child."""

from dataclasses import dataclass, replace

from locality.access.parts import FRONT_DOOR, GrantReason
from locality.demo import days, identifiers, screening
from locality.demo import told as told_of
from locality.demo.batch import EMPTY, NO, NULL, array, flag, or_null
from locality.demo.chance import Weighted, between, one_of
from locality.demo.facts import Telling
from locality.demo.families import Person
from locality.demo.letters import Referrer, address_for, write_outcome
from locality.demo.names import BOY, GIRL, cultures
from locality.demo.screening import Screened, Verdict
from locality.demo.script import EARLY_HELP, SOCIAL_CARE, Script
from locality.demo.teller import Teller
from locality.demo.themes import fill, what_was_said, words
from locality.demo.world import Worker
from locality.referrals.api import REASON_WORDS, SOURCE_WORDS, ContactReason, Source, mid_sentence, teller_of

FRONT_DOOR_ID = str(FRONT_DOOR)
KEPT_IN_SIGHT_DAYS = 28
_NAMES_SCHOOL = 0.3
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
    referrer = _write_contact(t, decision, script, (day, minute), undecided=undecided)
    if undecided:
        _write_undecided(t, decision, (day, minute))
    else:
        _write_decided(t, decision, script, (day, minute), referrer)
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


def _write_contact(t: Teller, d: Decision, script: Script, received: tuple[int, int], *, undecided: bool) -> Referrer:
    """The contact, who got in touch, how it was screened, and what it told."""
    day, minute = received
    stopped = script.stop == "held"
    held = stopped and script.holding != "put_back"
    until = _worked_until(t, d, day, undecided=undecided)
    taken_at = max(min(minute + 2, until), minute)
    taken = days.stamp(day, taken_at)
    rag = "red" if d.concern else one_of(t.rng, ("amber", "green", "green", "blue"))
    rag = "amber" if script.enquiry and rag == "blue" else rag
    rated = not undecided or stopped or t.rng.random() < 0.5
    theme, reference = t.family.theme, t.batch.reference("CO")
    agreement = "refused" if d.outcome == "returned_no_consent" else _agreement_known(t)
    wants = _wants(t, d.children[0])
    t.add(
        "contact", d.contact_id, reference, array(c.id for c in d.children), d.source,
        or_null(_AGENCIES.get(d.source)), array(theme.reasons), theme.reasons[0], d.summary, wants,
        agreement, flag(d.concern), flag(d.concern and t.rng.random() < 0.04), rag if rated else NULL,
        d.officer.name if rated else NULL, taken if rated else NULL, "open" if undecided else "decided",
        d.officer.id if held else NULL, d.officer.name if held else NULL, taken if held else NULL,
        days.stamp(day, minute), days.due(day, minute, 1), NULL if undecided else days.stamp(d.day, d.minute), NULL,
        d.officer.id, days.stamp(day, minute), "1" if undecided else "2",
    )  # fmt: skip
    referrer = Referrer(d.contact_id, reference, d.source, d.children, day)
    if t.rng.random() < 0.9 and d.source not in {"9", "10"}:
        referrer = _write_referrer(t, d, referrer, always=script.writes)
    if t.rng.random() < 0.5:
        carer = t.family.carer.person
        t.add("contact_adult", t.id(), d.contact_id, carer.id, _relation(t), flag(t.rng.random() < 0.2),
              days.stamp(day, minute))  # fmt: skip
    source = f"{d.officer.name}, {d.officer.job_title}"
    line = f"The front door was contacted. Source: {mid_sentence(SOURCE_WORDS[Source(d.source)])}."
    t.story(d.children, day, days.stamp(day, minute), "contact", line, source, ("contact", d.contact_id))
    if rated:
        screened = Screened(d.contact_id, d.children, rag, d.officer, day, taken_at, until)
        _screen(t, screened, script, stopped=stopped)
    _tell(t, d, referrer, (wants, agreement, minute))
    return referrer


def _worked_until(t: Teller, d: Decision, day: int, *, undecided: bool) -> int:
    """The last minute of the day of a contact at which the officer can have worked on it."""
    if not undecided and d.day == day:
        return d.minute
    return max(t.minute - 1, 0) if day >= t.today else 1439


def _screen(t: Teller, screened: Screened, script: Script, *, stopped: bool) -> None:
    screening.rate(t, screened)
    if stopped:
        screening.hold(t, screened, script)
    screening.ask_partners(t, screened, script)


def _tell(t: Teller, d: Decision, referrer: Referrer, told: tuple[str, str, int]) -> None:
    """What the contact told, for the story of every child, by whoever a reader may know told it."""
    wants, agreement, minute = told
    agency = _AGENCIES.get(d.source, "")
    teller = teller_of(Source(d.source), agency=agency, name=referrer.name, private=referrer.private)
    standing = {"agreed": "agreed", "refused": "without"}.get(agreement, "not_known")
    own = d.source in {"1A", "1C"}
    telling = Telling("contact", d.contact_id, referrer.received, minute, teller, d.officer, standing, own)
    reasons = ", ".join(REASON_WORDS[ContactReason(reason)] for reason in t.family.theme.reasons)
    for topic, words_said in (("led_to", d.summary), ("wants", wants), ("reasons", reasons)):
        told_of.tell(t, telling, d.children, (topic, "story", words_said))
    for child in d.children:
        school = next((s.name for s, start, end in child.schools if start <= telling.day < (end or days.FOREVER)), "")
        if t.aside.random() < _NAMES_SCHOOL:
            told_of.tell(t, telling, [child], ("school", "story", school))


def _agreement_known(t: Teller) -> str:
    return one_of(t.rng, ("agreed", "agreed", "agreed", "agreed", "not_asked", "unknown"))


def _relation(t: Teller) -> str:
    return {"mother": "Mother", "father": "Father", "grandparent": "Grandparent"}.get(
        t.family.carer.ties[0][1], "Parent"
    )


def _write_referrer(t: Teller, d: Decision, r: Referrer, *, always: bool) -> Referrer:
    rng = t.rng
    if d.source == "1A":
        name, role, organisation = t.family.carer.person.name, _relation(t), ""
    else:
        culture = cultures().pick(rng)
        name = f"{culture.given(rng, one_of(rng, (GIRL, BOY)))} {culture.surname(rng)}".strip()
        role, organisation = _ROLES.get(d.source, ""), _AGENCIES.get(d.source, "")
    private = d.source in {"1B", "1D"} and rng.random() < 0.6
    phone, wants_to_know = identifiers.landline(between(rng, 0, 999)), rng.random() < 0.8 or always
    address = address_for(t, r.received, name, d.source, always=always)
    t.add(
        "contact_referrer", d.contact_id, array(c.id for c in d.children), name, role, organisation,
        phone, address, flag(private), flag(wants_to_know), "", "",
    )  # fmt: skip
    return replace(r, name=name, private=private, address=address if wants_to_know else "")


def _write_undecided(t: Teller, d: Decision, received: tuple[int, int]) -> None:
    added, known = days.stamp(*received), flag(received[0] > t.family.first_day)
    for child in d.children:
        t.add(
            "contact_child", t.id(), d.contact_id, child.id, known, NO, NO, NULL, NULL, NULL, EMPTY, NULL, NULL,
            NULL, NULL, NULL, NULL, NULL, added, "1",
        )  # fmt: skip


def _write_decided(t: Teller, d: Decision, script: Script, received: tuple[int, int], referrer: Referrer) -> None:
    """What was decided for each child, looked at again or corrected where the script says so; the referrer is told."""
    screening.note_holding(t, d.contact_id, "taken", (d.officer, None), (d.day, d.minute))
    write_outcome(t, referrer, [d.outcome] * len(d.children), (d.day, d.minute))
    for child in d.children:
        ident = t.id()
        agreed = d.outcome in EARLY_HELP or (d.outcome in SOCIAL_CARE and t.rng.random() < 0.5)
        agreed = agreed or d.outcome == "transfer_other_la"
        ground = NULL if agreed or d.outcome not in SOCIAL_CARE else "child_at_risk"
        verdict = Verdict(
            d.contact_id, child, d.outcome, d.stage, _reason(t, d.outcome), d.needs, agreed, ground,
            t.rng.random() < 0.9, d.referral_id, d.officer, d.day, d.minute,
        )  # fmt: skip
        decision, version = screening.keep_decision(t, verdict), "2"
        other = screening.look_again(t, verdict, script)
        if other is not None and script.corrected:
            verdict, version = _correct(t, (verdict, decision), script.corrected, other, referrer), "3"
        _write_child(t, ident, verdict, received, version)


def _write_child(t: Teller, ident: str, v: Verdict, received: tuple[int, int], version: str) -> None:
    known = flag(received[0] > t.family.first_day)
    t.add(
        "contact_child", ident, v.contact_id, v.child.id, known, NO, NO, v.outcome, or_null(v.stage), v.reason,
        array(v.needs), flag(v.agreed), v.ground, flag(v.family_told), v.officer.id, v.officer.name,
        days.stamp(v.day, v.minute), or_null(v.referral_id), days.stamp(*received), version,
    )  # fmt: skip


def _correct(t: Teller, before: tuple[Verdict, str], outcome: str, by: Worker, referrer: Referrer) -> Verdict:
    """Another officer's decision in place of one; whoever got in touch is told again."""
    verdict, decision = before
    day, minute = days.working_after(verdict.day, 1), 610
    made = replace(
        verdict, outcome=outcome, reason=one_of(t.aside, words("advice")), officer=by, day=day, minute=minute
    )
    corrected = screening.keep_decision(t, made, corrects=decision, why=one_of(t.aside, words("why_corrected")))
    line = f"The front door corrected its decision: {OUTCOME_LINES[outcome]}."
    record, source = ("contact", verdict.contact_id), f"{by.name}, {by.job_title}"
    t.story([verdict.child], day, days.stamp(day, minute), "contact", line, source, record)
    write_outcome(t, referrer, [outcome] * len(referrer.children), (day, minute), corrected)
    return made


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
