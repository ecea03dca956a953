"""What a service says to an offer: accept, decline, ask, wait, or nothing at all."""

from locality.demo import days
from locality.demo.batch import NO, NULL, YES
from locality.demo.chance import Weighted, between, one_of
from locality.demo.referral import Referral, named, note_event, say, tell, write_offer
from locality.demo.script import Script
from locality.demo.teller import Teller
from locality.demo.themes import words, words_by

_DAYS_TO_ANSWER = Weighted({0: 12, 1: 25, 2: 22, 3: 18, 4: 12, 5: 7, 6: 3, 8: 1})
DECLINE_LINES = {
    "no_capacity": "we have no places",
    "outside_criteria": "the need is not one we work with",
    "wrong_area": "the family lives outside our area",
    "already_open": "we already work with this family",
    "incomplete": "we were told too little",
    "other": "another reason",
}


def reply(t: Teller, r: Referral, answer: str, script: Script) -> bool:
    """The service's answer, some working days later; False when it has not come yet or nothing follows."""
    service = r.service
    if service is None:
        return False
    waited = between(t.rng, 8, 60) if r.state == "waitlisted" else _DAYS_TO_ANSWER.pick(t.rng)
    if answer in {"asked", "waiting", "declined"}:
        waited = 1
    if answer in {"expire", "expired"}:
        waited = service.response_days + 5
    day = days.working_after(r.day, waited)
    minute = t.at_work() if day > r.day else min(r.minute + 30, 1439)
    if not t.has_come(day):
        waits = r.state == "waitlisted"
        write_offer(t, r, "waiting" if waits else "open", (r.day, r.minute) if waits else None)
        return False
    r.day, r.minute = day, minute
    return _ANSWERS[answer](t, r, script)


def _accept(t: Teller, r: Referral, _script: Script) -> bool:
    say(t, r, f"{named(r)} accepted the referral.")
    write_offer(t, r, "accepted", (r.day, r.minute))
    r.state, r.nfa = "accepted", NO if r.kind == "social_care" else NULL
    r.changes += 1
    return False


def _decline(t: Teller, r: Referral, script: Script) -> bool:
    reason = one_of(t.rng, tuple(DECLINE_LINES))
    note = str(words_by("decline")[reason])
    line = f"{named(r)} declined: {DECLINE_LINES[reason]}. Back with {r.sender[2]}."
    say(t, r, line, note)
    write_offer(t, r, "declined", (r.day, r.minute), reason=reason, note=note)
    r.give_back()
    r.state, r.nfa = "declined", YES if r.kind == "social_care" else NULL
    r.due, r.service = days.due(r.day, r.minute, 1), None
    r.changes += 1
    if r.kind == "social_care":
        return _let_rest(t, r)
    if script.stop == "declined":
        return False
    _send_again(t, r)
    return True


def _let_rest(t: Teller, r: Referral) -> bool:
    """Social care takes no further action; some days later the sender has told the family and lets it rest."""
    day = days.working_after(r.day, 3)
    if t.has_come(day):
        r.day, r.minute = day, t.at_work()
        reason = "Social care takes no further action; the family knows."
        note_event(t, r, days.stamp(r.day, r.minute), r.decision.officer.name, "Withdrawn by the sender.", reason)
        r.state, r.ended, r.end_reason = "withdrawn", days.stamp(r.day, r.minute), reason
        r.changes += 1
    return False


def _ask_back(t: Teller, r: Referral, script: Script) -> bool:
    question = one_of(t.rng, words("ask"))
    say(t, r, f"{named(r)} asked a question.", question)
    r.state, r.due = "returned_for_info", days.due(r.day, r.minute, 1)
    r.changes += 1
    owner = r.owner
    if script.stop == "asked":
        write_offer(t, r, "asked", (r.day, r.minute), note=question)
        r.give_back()
        return False
    r.day, r.minute = days.working_after(r.day, 1), t.at_work()
    if not t.has_come(r.day):
        write_offer(t, r, "asked", (r.day, r.minute), note=question)
        r.give_back()
        return False
    answered = f"{r.decision.officer.name} answered."
    note_event(
        t, r, days.stamp(r.day, r.minute), r.decision.officer.name, answered, "Yes, and the family would like that."
    )
    tell(t, r, answered, r.decision.officer)
    r.state, r.owner = "received", owner
    return True


def _put_on_list(t: Teller, r: Referral, script: Script) -> bool:
    r.position = between(t.rng, 1, 9)
    say(t, r, f"{named(r)} put the referral on its waiting list, at place {r.position}.")
    r.state = "waitlisted"
    r.changes += 1
    if script.stop == "waiting":
        write_offer(t, r, "waiting", (r.day, r.minute))
        return False
    return True


def _expire(t: Teller, r: Referral, script: Script) -> bool:
    write_offer(t, r, "expired", None)
    stamp = days.stamp(r.day, r.minute)
    r.give_back()
    r.state, r.service, r.due = "expired", None, days.due(r.day, r.minute, 1)
    r.changes += 1
    if script.stop == "expired":
        return False
    note_event(t, r, stamp, "Locality", "The service did not answer in time: offered elsewhere.", "")
    r.state = "sent"
    return True


def _withdraw(t: Teller, r: Referral, _script: Script) -> bool:
    reason = "The family has found help by itself."
    write_offer(t, r, "withdrawn", None)
    note_event(t, r, days.stamp(r.day, r.minute), r.decision.officer.name, "Withdrawn by the sender.", reason)
    r.give_back()
    r.state, r.service = "withdrawn", None
    r.ended, r.end_reason = days.stamp(r.day, r.minute), reason
    r.changes += 1
    return False


def _pass_on(t: Teller, r: Referral, script: Script) -> bool:
    going_on = _accept(t, r, script)
    worker = r.worker
    if worker is not None:
        r.state, r.owner = "allocated", (worker.id, "worker", worker.name)
    return going_on


_ANSWERS = {
    "accept": _accept,
    "allocated": _pass_on,
    "decline": _decline,
    "declined": _decline,
    "ask": _ask_back,
    "asked": _ask_back,
    "wait": _put_on_list,
    "waiting": _put_on_list,
    "expire": _expire,
    "expired": _expire,
    "withdraw": _withdraw,
}


def _send_again(t: Teller, r: Referral) -> None:
    r.minute = min(r.minute + 20, 1438)
    stamp = days.stamp(r.day, r.minute)
    note_event(t, r, stamp, r.decision.officer.name, "Sent again, to find another service.", "")
    r.state = "sent"
    r.changes += 1
