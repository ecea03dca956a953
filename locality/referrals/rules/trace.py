"""The trace of a routing decision: as stored, and as people read it.

The stored trace is complete in itself: ``replay`` finds the same answer from it alone.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from locality.referrals.rules import fit, needs, wishes
from locality.referrals.rules.conditions import Sends
from locality.referrals.rules.facts import Candidate, Near, ReferralFacts, Route, RouteResult

StoredTrace = dict[str, Any]

RULE_WORDS: Mapping[str, str] = {
    "danger": "Immediate danger",
    "harm": "Significant harm",
    "open_case": "Open case",
    "agreement": "Agreement",
    "place": "Place",
    "siblings": "Brothers and sisters",
    "rule": "Rule",
    "services": "Services",
    "wish": "The family’s wish",
}


def to_store(facts: ReferralFacts, route: Route) -> StoredTrace:
    """The trace as JSON: facts used, steps in order, every service looked at. No names of families."""
    spoke = {} if route.rule is None else {"spoke": {"rule_id": str(route.rule.id), "sends": route.rule.sends}}
    return spoke | {
        "rule_set": route.rules,
        "result": route.result.value,
        "line": route.line,
        "lead": None if route.lead is None else route.lead.lead_name,
        "facts": _facts(facts),
        "place": {
            "cluster_id": _text(route.place.cluster_id),
            "locality_id": _text(route.place.locality_id),
            "how": route.place.how,
        },
        "steps": [{"rule": step.rule, "found": step.found} for step in route.steps],
        "candidates": [_candidate(candidate) for candidate in route.candidates],
    }


def replay(trace: StoredTrace) -> tuple[RouteResult, uuid.UUID | None]:
    """The result and the service that a stored trace leads to, from nothing but the trace."""
    if trace["lead"] is not None:
        return RouteResult.LEAD, None
    if trace.get("spoke", {}).get("sends") == Sends.PERSON:
        return RouteResult.PERSON, None
    candidates = [_read_candidate(stored) for stored in trace["candidates"]]
    chosen = fit.first_choice(candidates)
    if chosen is None:
        return RouteResult.PERSON, None
    return RouteResult.OFFER, chosen.service_id


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One line of the trace as read: what was looked at, what was found."""

    head: str
    found: str


@dataclass(frozen=True, slots=True)
class ReadTrace:
    """A stored trace in words."""

    line: str
    rule_set: int
    facts: tuple[TraceLine, ...]
    steps: tuple[TraceLine, ...]
    kept: tuple[TraceLine, ...]
    dropped: tuple[TraceLine, ...]


def read(trace: StoredTrace) -> ReadTrace:
    """A stored trace in words, for the page of a referral."""
    seen = trace["candidates"]
    return ReadTrace(
        line=trace["line"],
        rule_set=trace["rule_set"],
        facts=_fact_lines(trace["facts"]),
        steps=tuple(TraceLine(RULE_WORDS.get(step["rule"], "Rule"), step["found"]) for step in trace["steps"]),
        kept=tuple(TraceLine(c["name"], _sentence(c["why"])) for c in seen if c["kept"]),
        dropped=tuple(TraceLine(c["name"], _sentence(c["why"])) for c in seen if not c["kept"]),
    )


def _facts(facts: ReferralFacts) -> dict[str, Any]:
    return {
        "kind": facts.kind.value,
        "urgency": facts.urgency.value,
        "agreement": facts.agreement.value,
        "stage": facts.stage,
        "needs": list(facts.need_codes),
        "children": [{"age": child.age, "unborn": child.unborn} for child in facts.children],
        "asked_before": len(facts.tried),
        "language": facts.language,
        "interpreter": facts.interpreter,
        "access": sorted(facts.access),
        "asked_for": [kind for kind, asked in _asked_for(facts) if asked],
        "unwanted": len(facts.unwanted),
    }


def _asked_for(facts: ReferralFacts) -> tuple[tuple[str, bool], ...]:
    return (
        ("service", facts.preferred_id is not None),
        ("agency", facts.preferred_agency_id is not None),
        ("worker", bool(facts.preferred_worker)),
    )


def _fact_lines(facts: Mapping[str, Any]) -> tuple[TraceLine, ...]:
    ages = ["unborn" if c["unborn"] else _age(c["age"]) for c in facts["children"]]
    lines = [
        TraceLine("Needs", needs.words_for(facts["needs"]) or "None named"),
        TraceLine("Ages", ", ".join(ages)),
        TraceLine("Stage", "Not set" if facts["stage"] is None else str(facts["stage"])),
        TraceLine("Urgency", str(facts["urgency"]).capitalize()),
    ]
    return (*lines, *_family_lines(facts))


def _family_lines(facts: Mapping[str, Any]) -> tuple[TraceLine, ...]:
    """What the family needs and asked for; traces of earlier versions know less of it, and say less."""
    # Traces of before named one wish only: a service.
    asked_for = facts.get("asked_for", ["service"] if facts.get("preferred") else [])
    told = (
        ("Language", wishes.language_words(facts.get("language", ""), interpreter=facts.get("interpreter"))),
        ("Access", wishes.access_words(facts.get("access", ()))),
        ("The family asked for", ", ".join(_ASKED_FOR_WORDS[kind] for kind in asked_for)),
        ("Agencies not wanted", str(facts.get("unwanted") or "")),
        ("Services asked before", str(facts["asked_before"] or "")),
    )
    return tuple(TraceLine(head, found[:1].upper() + found[1:]) for head, found in told if found)


_ASKED_FOR_WORDS: Mapping[str, str] = {
    "service": "a service by name",
    "agency": "an agency by name",
    "worker": "a worker by name",
}


def _age(age: int | None) -> str:
    return "age not known" if age is None else str(age)


def _candidate(candidate: Candidate) -> dict[str, Any]:
    # Left out where they say nothing: most services are neither asked for nor at a known distance.
    more: dict[str, Any] = {"named": True} if candidate.is_named else {}
    more |= {"wished": True} if candidate.is_wished else {}
    more |= {} if candidate.far is None else {"far": candidate.far}
    return more | {
        "service_id": str(candidate.service_id),
        "name": candidate.name,
        "kept": candidate.kept,
        "why": candidate.why,
        "near": candidate.near.value,
        "free": candidate.free,
        "places": candidate.places,
        "with_sibling": candidate.with_sibling,
    }


def _read_candidate(stored: Mapping[str, Any]) -> Candidate:
    return Candidate(
        service_id=uuid.UUID(stored["service_id"]),
        name=stored["name"],
        kept=stored["kept"],
        why=stored["why"],
        near=Near(stored["near"]),
        free=stored["free"],
        places=stored["places"],
        with_sibling=stored["with_sibling"],
        is_named=stored.get("named", False),
        is_wished=stored.get("wished", False),
        far=stored.get("far"),
    )


def _text(value: uuid.UUID | None) -> str | None:
    return None if value is None else str(value)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + "."
