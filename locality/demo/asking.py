"""What the front door would have written of referrals: routed, offered, answered, accepted or come back."""

import uuid
from dataclasses import replace

from locality.access.parts import GrantReason
from locality.demo import days
from locality.demo.answering import reply
from locality.demo.batch import NO, NULL, array, document, or_null
from locality.demo.chance import one_of
from locality.demo.families import Person
from locality.demo.front_door import FRONT_DOOR_ID, Decision
from locality.demo.referral import Referral, note_event, tell, write_offer
from locality.demo.routes import Ask, Found, find_service, trace_of
from locality.demo.script import SOCIAL_CARE, Script
from locality.demo.teller import Teller
from locality.demo.wishes import NOTHING, NOTHING_SAID, wish
from locality.demo.world import Cluster, Service

_WHOLE_TRACE_DAYS = 60
_STILL = {"offered": "open", "asked": "asked", "waiting": "waiting"}


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
    tell(t, referral, f"A referral {noun} was made.", decision.officer)
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
        days.stamp(d.day, d.minute), str(r.changes), *(r.wished or NOTHING), NULL, NULL,
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
    note_event(t, referral, stamp, by, "The referral ended.", reason)
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
        return reply(t, r, answer, script)
    found = _route(t, r, nobody=answer == "unplaced")
    service = found.service or _chosen_by_hand(t, r, answer)
    if service is None:
        r.state, r.due = "unplaced", days.due(r.day, r.minute, 1)
        return False
    _offer(t, r, service)
    if answer == "open":
        write_offer(t, r, "open", None)
        return False
    return reply(t, r, answer, script)


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
    note_event(t, r, days.stamp(r.day, r.minute), officer.name, f"Offered to {service.name} by hand.", reason)
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
    # What the family asks for is told once; where it is sent again, the trace keeps what was known then.
    wished = wish(t, r, found.service) if not r.wished else NOTHING_SAID
    r.wished = r.wished or wished.columns
    t.add(
        "routing_decision", t.id(), r.id, array(c.id for c in r.children), days.stamp(r.day, r.minute), "1",
        "offer" if found.service else "person", found.service.id if found.service else NULL, found.line,
        trace_of(ask, found, r.cluster, r.how, wished, whole=whole),
    )  # fmt: skip
    return found


def _offer(t: Teller, r: Referral, service: Service) -> None:
    r.own(service)
    r.tried.add(service.name)
    r.state, r.offer_id, r.offered, r.position = "received", t.id(), (r.day, r.minute), None
    r.due = days.due(r.day, r.minute, service.response_days)
    r.worker = one_of(t.rng, t.world.answering[service.name])
