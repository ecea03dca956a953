"""What the front door would have written of referrals: routed, offered, answered, accepted or come back."""

import uuid
from dataclasses import dataclass, field, replace

from locality.access.parts import GrantReason
from locality.demo import days
from locality.demo.batch import NO, NULL, YES, array, document, flag, or_null
from locality.demo.chance import Weighted, between, one_of
from locality.demo.families import Person
from locality.demo.front_door import FRONT_DOOR_ID, Decision
from locality.demo.routes import Ask, Found, find_service, trace_of
from locality.demo.script import SOCIAL_CARE, Script
from locality.demo.teller import Teller
from locality.demo.themes import words, words_by
from locality.demo.world import Cluster, Service, Worker

FRONT_DOOR_NAME = "The front door"
_DAYS_TO_ANSWER = Weighted({0: 12, 1: 25, 2: 22, 3: 18, 4: 12, 5: 7, 6: 3, 8: 1})
_WHOLE_TRACE_DAYS = 60
_DECLINE_LINES = {
    "no_capacity": "we have no places",
    "outside_criteria": "the need is not one we work with",
    "wrong_area": "the family lives outside our area",
    "already_open": "we already work with this family",
    "incomplete": "we were told too little",
    "other": "another reason",
}
_STILL = {"offered": "open", "asked": "asked", "waiting": "waiting"}


@dataclass(slots=True)
class Referral:
    """A referral as it goes; ``state`` and ``owner`` are where it stands when the telling ends."""

    id: str
    decision: Decision
    kind: str
    cluster: Cluster
    how: str
    day: int
    minute: int
    state: str = "sent"
    owner: tuple[str, str, str] = (FRONT_DOOR_ID, "front_door", FRONT_DOOR_NAME)
    service: Service | None = None
    worker: Worker | None = None
    due: str = ""
    nfa: str = NULL
    ended: str = NULL
    end_reason: str = NULL
    why_here: str = ""
    offer_id: str = ""
    tried: set[str] = field(default_factory=set)
    offered: tuple[int, int] = (0, 0)
    position: int | None = None
    sender: tuple[str, str, str] = (FRONT_DOOR_ID, "front_door", FRONT_DOOR_NAME)
    changes: int = 1
    # (from, until) of the service's and the front door's sight of it, written when the telling ends
    offer_seen: list[tuple[str, str, str, int, str | None]] = field(default_factory=list)

    @property
    def children(self) -> list[Person]:
        """Whom it is about."""
        return self.decision.children

    def own(self, service: Service) -> None:
        """The service has it now."""
        self.service, self.owner = service, (service.id, "service", service.name)

    def give_back(self) -> None:
        """The sender has it again."""
        self.owner = self.sender


def tell_referral(
    t: Teller, decision: Decision, script: Script, sender: tuple[str, str, str] | None = None
) -> Referral:
    """A referral from its sending to a service's yes, or to where it stands still; ``finish`` writes its row.

    ``sender`` is a principal, its kind and its name; the front door unless given.
    """
    kind = "social_care" if decision.outcome in SOCIAL_CARE else "early_help"
    cluster, how = place_of(t, decision.children, decision.day)
    referral = Referral(decision.referral_id or t.id(), decision, kind, cluster, how, decision.day, decision.minute)
    if sender is not None:
        referral.sender = referral.owner = sender
    for position, child in enumerate(decision.children):
        here, why = place_of(t, [child], decision.day)
        t.add("referral_child", referral.id, child.id, str(position), here.id, here.locality_id, why)
    noun = "for early help" if kind == "early_help" else "to children’s social care"
    _story(t, referral, f"A referral {noun} was made.", decision.officer)
    if script.stop == "sent":
        referral.due = days.due(referral.day, referral.minute, 1 if kind == "social_care" else 5)
        return referral
    for answer in _answers(script):
        if not _ask(t, referral, script, answer):
            break
    return referral


def place_of(t: Teller, children: list[Person], day: int) -> tuple[Cluster, str]:
    """The cluster that a child's school points to, else the home."""
    for child in children:
        at = next((s for s, start, end in child.schools if start <= day and (end is None or end > day)), None)
        if at is not None and at.cluster:
            cluster = t.world.clusters[at.cluster]
            return cluster, f"{at.name} is in the {cluster.name} cluster."
    return t.family.cluster, f"The home address lies in {t.family.cluster.name}."


def finish(t: Teller, referral: Referral) -> None:
    """Write the row as it stands, and who may see it."""
    d, r = referral.decision, referral
    about = array(child.id for child in r.children)
    social_care = r.kind == "social_care"
    placed = r.state != "sent"
    t.add(
        "referral", r.id, t.batch.reference("RE"), r.kind, d.contact_id, t.family.id, about, d.source, r.state,
        *r.owner, *r.sender, "urgent" if social_care else "routine", NO,
        or_null(d.stage), array(d.needs), d.summary, "shared_without" if social_care else "agreed",
        "child_at_risk" if social_care else NULL, r.cluster.id if placed else NULL,
        r.cluster.locality_id if placed else NULL, NO, r.why_here, days.stamp(d.day, d.minute), r.due, r.ended,
        r.end_reason, r.nfa, NULL, r.worker.name if r.worker and social_care else NULL, NULL, d.officer.id,
        days.stamp(d.day, d.minute), str(r.changes),
    )  # fmt: skip
    _write_senders_sight(t, r)
    for offer_id, service_id, start, ended_on, until in r.offer_seen:
        t.grant(r.children, service_id, GrantReason.RECEIVING_SERVICE, offer_id, (start, ended_on, until))


def _write_senders_sight(t: Teller, r: Referral) -> None:
    """The front door sees what it sent until a service has accepted it; what is not routed yet is owed."""
    since = days.stamp(r.decision.day, r.decision.minute)
    if r.sender[0] == FRONT_DOOR_ID:
        over = r.state in {"accepted", "allocated", "started", "ended", "withdrawn"}
        until = (r.day, days.stamp(r.day, r.minute)) if over else (0, None)
        t.grant(r.children, FRONT_DOOR_ID, GrantReason.FRONT_DOOR, r.id, (since, *until))
    if r.state == "sent":
        payload, key = document({"referral_id": str(uuid.UUID(r.id))}), f"referrals.route:{r.id}:1"
        t.add("outbox_message", t.id(), "referrals.route", payload, key, since, since, NULL, "0", "0", *[NULL] * 6)


def end_referral(t: Teller, referral: Referral, day: int, minute: int, by: str, reason: str) -> None:
    """The help that it asked for has ended: the service's place is free again and its access ends."""
    stamp = days.stamp(day, minute)
    referral.state, referral.ended, referral.end_reason = "ended", stamp, reason
    referral.changes += 1
    _event(t, referral, stamp, by, "The referral ended.", reason)
    referral.offer_seen = [
        (offer, service, since, ended or day, until or stamp)
        for offer, service, since, ended, until in referral.offer_seen
    ]


def _answers(script: Script) -> tuple[str, ...]:
    if script.stop in _STILL:
        return (_STILL[script.stop],)
    if script.stop in {"declined", "expired", "unplaced", "allocated"}:
        return (script.stop,)
    return ("withdraw",) if script.stop == "withdrawn" else script.answers


def _ask(t: Teller, r: Referral, script: Script, answer: str) -> bool:
    """Route, offer and let the service answer; whether the telling of this referral goes on."""
    if answer in {"accept", "withdraw"} and r.state in {"waitlisted", "returned_for_info", "received"}:
        return _reply(t, r, answer, script)
    found = _route(t, r, nobody=answer == "unplaced")
    service = found.service or _chosen_by_hand(t, r, answer)
    if service is None:
        r.state, r.due = "unplaced", days.due(r.day, r.minute, 1)
        return False
    _offer(t, r, service)
    if answer == "open":
        _write_offer(t, r, "open", None)
        return False
    return _reply(t, r, answer, script)


def _chosen_by_hand(t: Teller, r: Referral, answer: str) -> Service | None:
    """Where no service fits, a person chooses one; the family's cluster team in the end."""
    service = t.world.services[f"{r.cluster.name} family support"]
    if answer == "unplaced" or r.kind == "social_care":
        return None
    officer, reason = r.decision.officer, "The team knows the school and has offered to help"
    r.day, r.minute = days.working_after(r.day, 1), t.at_work()
    if not t.has_come(r.day):
        return None
    r.why_here = f"{officer.name} chose {service.name}: {reason}"
    _event(t, r, days.stamp(r.day, r.minute), officer.name, f"Offered to {service.name} by hand.", reason)
    return service


def _route(t: Teller, r: Referral, *, nobody: bool) -> Found:
    d = r.decision
    ages = tuple(child.age_on(r.day) for child in r.children)
    needs = ("9A",) if nobody else d.needs
    ask = Ask(r.kind, needs, d.stage, ages, r.cluster.slug, frozenset(r.tried))
    # The answer is the same for the same kinds of children in whatever order, and so is found once for many.
    found = find_service(t.world, replace(ask, ages=tuple(sorted(set(ages), key=str))))
    r.minute = min(r.minute + 1, 1439)
    r.changes += 1
    r.why_here = found.line
    whole = r.day > t.today - _WHOLE_TRACE_DAYS
    t.add(
        "routing_decision", t.id(), r.id, array(c.id for c in r.children), days.stamp(r.day, r.minute), "1",
        "offer" if found.service else "person", found.service.id if found.service else NULL, found.line,
        trace_of(ask, found, r.cluster, r.how, whole=whole),
    )  # fmt: skip
    return found


def _offer(t: Teller, r: Referral, service: Service) -> None:
    r.own(service)
    r.tried.add(service.name)
    r.state, r.offer_id, r.offered, r.position = "received", t.id(), (r.day, r.minute), None
    r.due = days.due(r.day, r.minute, service.response_days)
    r.worker = one_of(t.rng, t.world.answering[service.name])


def _reply(t: Teller, r: Referral, answer: str, script: Script) -> bool:
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
        _write_offer(t, r, "waiting" if waits else "open", (r.day, r.minute) if waits else None)
        return False
    r.day, r.minute = day, minute
    return _ANSWERS[answer](t, r, script)


def _accept(t: Teller, r: Referral, _script: Script) -> bool:
    _say(t, r, f"{_name(r)} accepted the referral.")
    _write_offer(t, r, "accepted", (r.day, r.minute))
    r.state, r.nfa = "accepted", NO if r.kind == "social_care" else NULL
    r.changes += 1
    return False


def _decline(t: Teller, r: Referral, script: Script) -> bool:
    reason = one_of(t.rng, tuple(_DECLINE_LINES))
    note = str(words_by("decline")[reason])
    line = f"{_name(r)} declined: {_DECLINE_LINES[reason]}. Back with {r.sender[2]}."
    _say(t, r, line, note)
    _write_offer(t, r, "declined", (r.day, r.minute), reason=reason, note=note)
    r.give_back()
    r.state, r.nfa = "declined", YES if r.kind == "social_care" else NULL
    r.due, r.service = days.due(r.day, r.minute, 1), None
    r.changes += 1
    if script.stop == "declined" or r.kind == "social_care":
        return False
    _send_again(t, r)
    return True


def _ask_back(t: Teller, r: Referral, script: Script) -> bool:
    question = one_of(t.rng, words("ask"))
    _say(t, r, f"{_name(r)} asked a question.", question)
    r.state, r.due = "returned_for_info", days.due(r.day, r.minute, 1)
    r.changes += 1
    owner = r.owner
    if script.stop == "asked":
        _write_offer(t, r, "asked", (r.day, r.minute), note=question)
        r.give_back()
        return False
    r.day, r.minute = days.working_after(r.day, 1), t.at_work()
    if not t.has_come(r.day):
        _write_offer(t, r, "asked", (r.day, r.minute), note=question)
        r.give_back()
        return False
    answered = f"{r.decision.officer.name} answered."
    _event(t, r, days.stamp(r.day, r.minute), r.decision.officer.name, answered, "Yes, and the family would like that.")
    _story(t, r, answered, r.decision.officer)
    r.state, r.owner = "received", owner
    return True


def _put_on_list(t: Teller, r: Referral, script: Script) -> bool:
    r.position = between(t.rng, 1, 9)
    _say(t, r, f"{_name(r)} put the referral on its waiting list, at place {r.position}.")
    r.state = "waitlisted"
    r.changes += 1
    if script.stop == "waiting":
        _write_offer(t, r, "waiting", (r.day, r.minute))
        return False
    return True


def _expire(t: Teller, r: Referral, script: Script) -> bool:
    _write_offer(t, r, "expired", None)
    stamp = days.stamp(r.day, r.minute)
    r.give_back()
    r.state, r.service, r.due = "expired", None, days.due(r.day, r.minute, 1)
    r.changes += 1
    if script.stop == "expired":
        return False
    _event(t, r, stamp, "Locality", "The service did not answer in time: offered elsewhere.", "")
    r.state = "sent"
    return True


def _withdraw(t: Teller, r: Referral, _script: Script) -> bool:
    reason = "The family has found help by itself."
    _write_offer(t, r, "withdrawn", None)
    _event(t, r, days.stamp(r.day, r.minute), r.decision.officer.name, "Withdrawn by the sender.", reason)
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
    _event(t, r, stamp, r.decision.officer.name, "Sent again, to find another service.", "")
    r.state = "sent"
    r.changes += 1


def _write_offer(
    t: Teller,
    r: Referral,
    state: str,
    answered: tuple[int, int] | None,
    *,
    reason: str = NULL,
    note: str = NULL,
) -> None:
    service, worker = r.service, r.worker
    if service is None or worker is None:
        return
    due = days.due(*r.offered, service.response_days)
    late = answered is None and state == "open" and due < days.stamp(t.today, t.minute)
    since, stamp = days.stamp(*r.offered), days.stamp(*answered) if answered else NULL
    expected = days.text(days.working(t.today + 7 + 6 * (r.position or 1))) if state == "waiting" else NULL
    t.add(
        "offer", r.offer_id, r.id, service.id, r.cluster.id, array(c.id for c in r.children), state, since, due,
        due if late else NULL, NULL, stamp, worker.id if answered else NULL, worker.name if answered else NULL, reason,
        note, NULL, or_null(r.position if state == "waiting" else None), expected, flag(state == "accepted"),
    )  # fmt: skip
    over = r.day if state in {"declined", "expired", "withdrawn"} else 0
    r.offer_seen.append((r.offer_id, service.id, since, over, days.stamp(r.day, r.minute) if over else None))


def _name(r: Referral) -> str:
    return r.service.name if r.service else FRONT_DOOR_NAME


def _say(t: Teller, r: Referral, line: str, said: str = "") -> None:
    if r.worker is None:
        return
    _event(t, r, days.stamp(r.day, r.minute), r.worker.name, line, said)
    _story(t, r, line, r.worker)


def _event(t: Teller, r: Referral, stamp: str, by: str, line: str, said: str) -> None:
    t.add("referral_event", t.id(), r.id, array(c.id for c in r.children), stamp, by, line, said)


def _story(t: Teller, r: Referral, line: str, by: Worker) -> None:
    stamp = days.stamp(r.day, r.minute)
    t.story(r.children, r.day, stamp, "referral", line, f"{by.name}, {by.job_title}", ("referral", r.id))
