"""Routing: which service is asked first, as a pure function of facts, services, rules and time.

The order is immediate danger; suspected harm; a known open case; agreement; place; brothers and sisters; the
authority's own rules; need, age, stage, eligibility, language, access and agencies not wanted; room; nearness; and
among services of the family's own area that fit and have room, the one that the family asked for. Everything looked at
lands in the trace.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from locality.referrals.rules import clocks, fit, rule_sets_asking
from locality.referrals.rules.codes import AgreementBasis, ReferralKind, Urgency
from locality.referrals.rules.conditions import Rule, Sends
from locality.referrals.rules.facts import (
    OVERFLOW,
    Candidate,
    ChildFacts,
    OpenCase,
    Place,
    Question,
    ReferralFacts,
    Route,
    RouteResult,
    Rules,
    ServiceFacts,
    Step,
)


def route(
    facts: ReferralFacts, services: Sequence[ServiceFacts], *, rules: Rules, now: dt.datetime, explain: bool = True
) -> Route:
    """Where this referral goes now. Same facts, services, rules and time: same answer, always.

    Without ``explain`` the answer is the same and only the service that is asked is among the candidates: a rehearsal
    counts thousands of answers and reads none.
    """
    question = Question(facts, tuple(services), rules, now, explain=explain)
    walk = _Walk(question, place_of(facts.children))
    walk.note("danger", _danger(facts))
    if facts.kind is ReferralKind.SOCIAL_CARE:
        walk.note("harm", "Referred to children’s social care: no agreement is needed")
        return _choose(walk)
    walk.note("harm", "Nobody decided that a child may be suffering significant harm")
    case = _open_case(facts)
    if case is not None:
        walk.note("open_case", f"Open case with {case.lead_name} as lead professional")
        line = f"There is an open case: passed to {case.lead_name}, the lead professional."
        return replace(walk.end(RouteResult.LEAD, line), lead=case)
    walk.note("open_case", _no_case(facts))
    walk.note("agreement", _AGREEMENT[facts.agreement])
    if facts.agreement is AgreementBasis.NONE:
        line = "The family has not agreed and nobody recorded a ground for sharing: ask the family."
        return walk.end(RouteResult.PERSON, line)
    return _choose(walk)


def place_of(children: Sequence[ChildFacts]) -> Place:
    """The place that most of the children point to; the first named child's when they differ evenly."""
    placed = [child for child in children if child.cluster_id is not None]
    if not placed:
        how = next((child.placed_how for child in children if child.placed_how), "")
        return Place(None, None, how or "No school or postcode says which cluster.")
    counts = Counter(child.cluster_id for child in placed)
    most = max(counts.values())
    child = next(c for c in placed if counts[c.cluster_id] == most)
    return Place(child.cluster_id, child.locality_id, child.placed_how)


@dataclass(slots=True)
class _Walk:
    """The steps taken so far, and the place found."""

    question: Question
    place: Place
    steps: list[Step] = field(default_factory=list)

    def note(self, rule: str, found: str) -> None:
        self.steps.append(Step(rule, found))

    def end(self, result: RouteResult, line: str) -> Route:
        facts, rules = self.question.facts, self.question.rules
        # What no rule could decide, a person decides within one working day.
        usual = 1 if result is RouteResult.PERSON else rules.routine_days
        days = clocks.working_days_to_answer(facts.kind, facts.urgency, usual)
        due_at = clocks.answer_due(self.question.now, days)
        return Route(result, line, self.place, due_at, rules.version, tuple(self.steps))


def _danger(facts: ReferralFacts) -> str:
    if facts.immediate_danger:
        return "Immediate danger was named: 999 and the emergency duty team come first"
    return "No immediate danger was named"


def _open_case(facts: ReferralFacts) -> OpenCase | None:
    """The open case that this belongs to; none when its own lead asks another service to help."""
    own = [c for c in facts.cases if not c.is_sibling and c.lead_account_id is not None]
    if any(c.lead_account_id == facts.sender_id for c in own):
        return None
    return own[0] if own else None


def _no_case(facts: ReferralFacts) -> str:
    own = [c for c in facts.cases if not c.is_sibling]
    if not own:
        return "No open case"
    if any(c.lead_account_id == facts.sender_id for c in own):
        return "The lead professional of the open case asks for more help"
    return "An open case, which has no lead professional yet"


_AGREEMENT = {
    AgreementBasis.AGREED: "The family agrees",
    AgreementBasis.SHARED_WITHOUT: "Shared without agreement, on a recorded ground",
    AgreementBasis.NONE: "The family has not agreed and no ground for sharing is recorded",
}


def _choose(walk: _Walk) -> Route:
    question = walk.question
    walk.note("place", walk.place.how)
    _keep_siblings_together(walk)
    said = rule_sets_asking.ask(question, walk.place)
    walk.steps += said.steps
    if said.rule is not None and said.rule.sends is Sends.PERSON:
        decided = walk.end(RouteResult.PERSON, f"A rule asks for a person to decide: “{said.rule.name}”.")
        return replace(decided, rule=said.spoken)
    candidates, chosen = _candidates(question, walk.place, said.named)
    kept = sum(candidate.kept for candidate in candidates)
    walk.note("services", f"{kept} of {len(candidates)} services fit")
    walk.steps += _wish(question.facts, candidates, chosen)
    if chosen is None:
        decided = walk.end(RouteResult.PERSON, "No service fits: a person decides.")
        return replace(decided, candidates=candidates, rule=said.spoken)
    days = _days(question, chosen, is_urgent=said.rule is not None and said.rule.urgent)
    return replace(
        walk.end(RouteResult.OFFER, _line(question.facts, chosen, kept, said.rule)),
        candidates=candidates,
        service=chosen,
        due_at=clocks.answer_due(question.now, days),
        rule=said.spoken,
    )


def _candidates(
    question: Question, place: Place, named: Collection[uuid.UUID]
) -> tuple[tuple[Candidate, ...], Candidate | None]:
    if not question.explain:
        chosen = fit.best(question, place, named)
        return (() if chosen is None else (chosen,)), chosen
    candidates = fit.rank(question, place, named)
    return candidates, fit.first_choice(candidates)


def _keep_siblings_together(walk: _Walk) -> None:
    cases = [c for c in walk.question.facts.cases if c.is_sibling and c.cluster_id is not None]
    if not cases or not walk.question.rules.siblings_together:
        walk.note("siblings", "No brother or sister has an open case")
        return
    how = "A brother or sister has an open case, so the family stays with the same cluster"
    walk.note("siblings", how)
    walk.place = Place(cases[0].cluster_id, cases[0].locality_id, f"{how}.")


def _wish(facts: ReferralFacts, candidates: Sequence[Candidate], chosen: Candidate | None) -> tuple[Step, ...]:
    """What became of the family's wish; nothing where there was none, or where social care is asked."""
    if not facts.has_wish or facts.kind is ReferralKind.SOCIAL_CARE:
        return ()
    wished = [candidate for candidate in candidates if candidate.is_wished]
    if chosen is not None and chosen.is_wished:
        return (Step("wish", f"The family’s wish is followed: {chosen.name}"),)
    if not wished:
        return (Step("wish", "No service is what the family asked for, or none that is known here"),)
    return tuple(Step("wish", f"{candidate.name}: {_why_not_wished(candidate)}") for candidate in wished)


def _why_not_wished(candidate: Candidate) -> str:
    if not candidate.kept:
        return candidate.why[:1].lower() + candidate.why[1:]
    if candidate.is_full:
        return "it fits, but the family would wait, and another service has room"
    if candidate.near in OVERFLOW:
        return "it fits, but works in another area, and a service of the family’s own area has room"
    return "it fits, but a rule asks another service first"


def _days(question: Question, chosen: Candidate, *, is_urgent: bool) -> int:
    service = next(s for s in question.services if s.service_id == chosen.service_id)
    facts = question.facts
    usual = service.response_days or question.rules.routine_days
    return clocks.working_days_to_answer(facts.kind, Urgency.URGENT if is_urgent else facts.urgency, usual)


def _line(facts: ReferralFacts, chosen: Candidate, kept: int, rule: Rule | None) -> str:
    if facts.kind is ReferralKind.SOCIAL_CARE:
        return f"{chosen.name} answers referrals to children’s social care."
    if chosen.is_named and rule is not None:
        return f"{chosen.name} is first by the rule “{rule.name}”: {chosen.why}."
    fits = "is the only service that fits" if kept == 1 else f"is first of {kept} services that fit"
    return f"{chosen.name} {fits}: {chosen.why}."
