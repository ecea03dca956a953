"""Asking an authority's rules, in their order, after everything that keeps children safe has been looked at.

The first rule that fits and whose service can take the referral speaks. A rule that fits but whose service is closed,
was asked before, helps other ages or has no room is passed over, and the trace says so: no rule can leave a family with
a service that cannot help.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from locality.referrals.rules import fit
from locality.referrals.rules.codes import ReferralKind
from locality.referrals.rules.conditions import NO, UNBORN, YES, Asked, Rule, Sends
from locality.referrals.rules.directory import LANGUAGE_WORDS
from locality.referrals.rules.facts import ChildFacts, Place, Question, ReferralFacts, ServiceFacts, SpokenRule, Step


@dataclass(frozen=True, slots=True)
class Answer:
    """What the rules say: the steps of the trace, the rule that spoke (None: none did), the services to ask first."""

    steps: tuple[Step, ...]
    rule: Rule | None = None
    named: frozenset[uuid.UUID] = frozenset()

    @property
    def spoken(self) -> SpokenRule | None:
        """The rule that spoke, as the trace keeps it."""
        return None if self.rule is None else SpokenRule(self.rule.id, self.rule.name, self.rule.sends.value)


def ask(question: Question, place: Place) -> Answer:
    """What the first rule says that fits and can be followed."""
    rules = question.rules.ordered
    if not rules or not governs(question.facts):
        return Answer(())
    values = values_of(question.facts, place)
    steps: list[Step] = []
    for rule in rules:
        missing = unmet(rule, values)
        if missing is not None:
            steps.append(Step("rule", f"“{rule.name}” does not apply: {UNMET_WORDS[missing]}"))
            continue
        named, why_not = _named(rule, question, place)
        if why_not is not None:
            steps.append(Step("rule", f"“{rule.name}” applies, and was passed over: {why_not}"))
            continue
        steps.append(Step("rule", f"“{rule.name}” applies{_because(rule)}. {_RESULT_WORDS[rule.sends]}{_soon(rule)}"))
        return Answer(tuple(steps), rule, named)
    return Answer(tuple(steps))


def _because(rule: Rule) -> str:
    met = [MET_WORDS[asked] for asked in Asked if asked in rule.when]
    if not met:
        return " to every referral"
    *first, last = met
    return f", because of {', '.join(first)} and {last}" if first else f", because of {last}"


_NO_WISHED = "no service is what the family asked for"
_RESULT_WORDS: Mapping[Sends, str] = {
    Sends.SERVICE: "Its service is asked first",
    Sends.TEAM: "The services of its team are asked first",
    Sends.PREFERRED: "What the family asked for is asked first",
    Sends.USUAL: "The service is chosen as usual",
    Sends.PERSON: "A person decides",
}


def _soon(rule: Rule) -> str:
    return ", and answers within one working day" if rule.urgent else ""


def _named(rule: Rule, question: Question, place: Place) -> tuple[frozenset[uuid.UUID], str | None]:
    """The services that a rule asks first; or why it cannot be followed."""
    if rule.sends in {Sends.USUAL, Sends.PERSON}:
        return frozenset(), None
    wanted = [
        (service, fit.why_not(question, service, place, is_named=rule.sends is Sends.SERVICE))
        for service in question.services
        if _is_meant(rule, service, question.facts)
    ]
    able = frozenset(service.service_id for service, why in wanted if why is None)
    if able:
        return able, None
    if len(wanted) == 1:
        service, why = wanted[0]
        return able, f"{service.name}: {(why or '').lower()}"
    if wanted:
        return able, "none of the services that it means can take this referral"
    return able, "there is no such service any more" if rule.sends is not Sends.PREFERRED else _NO_WISHED


def _is_meant(rule: Rule, service: ServiceFacts, facts: ReferralFacts) -> bool:
    if rule.sends is Sends.PREFERRED:
        return fit.is_wished(facts, service)
    if rule.sends is Sends.TEAM:
        return service.team_id is not None and service.team_id == rule.to
    return service.service_id == rule.to


def governs(facts: ReferralFacts) -> bool:
    """Whether an authority's rules may speak at all: never for social care, nor where danger was named."""
    return facts.kind is ReferralKind.EARLY_HELP and not facts.immediate_danger


def values_of(facts: ReferralFacts, place: Place) -> dict[Asked, frozenset[str]]:
    """What a referral has of each kind that can be asked about."""
    siblings = any(case.is_sibling and case.lead_account_id is not None for case in facts.cases)
    return {
        Asked.NEED: frozenset(facts.need_codes),
        Asked.AGE: frozenset(filter(None, map(_age, facts.children))),
        Asked.STAGE: _one(facts.stage),
        Asked.CLUSTER: _one(place.cluster_id),
        Asked.LOCALITY: _one(place.locality_id),
        Asked.SCHOOL: frozenset(str(school) for child in facts.children for school in child.schools),
        Asked.POSTCODE: frozenset(area for child in facts.children for area in child.postcode_areas),
        Asked.LANGUAGE: _languages(facts),
        Asked.URGENCY: frozenset({facts.urgency.value}),
        Asked.OPEN_CASE: _yes_no(found=any(not case.is_sibling for case in facts.cases)),
        Asked.SIBLING_WORKER: _yes_no(found=siblings),
        Asked.PREFERENCE: _yes_no(found=facts.has_wish),
    }


def unmet(rule: Rule, values: Mapping[Asked, frozenset[str]]) -> Asked | None:
    """The first condition that is not met, in the order of ``Asked``; None when the rule fits."""
    return next((asked for asked in Asked if asked in rule.when and values[asked].isdisjoint(rule.when[asked])), None)


# What the trace says. Names no place of home: a family's postcode stays out of what several people read.
UNMET_WORDS: Mapping[Asked, str] = {
    Asked.NEED: "the needs are others",
    Asked.AGE: "no child is of that age",
    Asked.STAGE: "the stage is another",
    Asked.CLUSTER: "the cluster is another",
    Asked.LOCALITY: "the locality is another",
    Asked.SCHOOL: "no child goes to that school",
    Asked.POSTCODE: "the home is in another area",
    Asked.LANGUAGE: "the family’s language is another",
    Asked.URGENCY: "the urgency is another",
    Asked.OPEN_CASE: "it depends on whether a case is open",
    Asked.SIBLING_WORKER: "it depends on whether a brother or sister has a worker",
    Asked.PREFERENCE: "it depends on whether the family asked for somebody",
}
MET_WORDS: Mapping[Asked, str] = {
    Asked.NEED: "the need",
    Asked.AGE: "the age",
    Asked.STAGE: "the stage",
    Asked.CLUSTER: "the cluster",
    Asked.LOCALITY: "the locality",
    Asked.SCHOOL: "the school",
    Asked.POSTCODE: "the area of the home",
    Asked.LANGUAGE: "the language",
    Asked.URGENCY: "the urgency",
    Asked.OPEN_CASE: "whether a case is open",
    Asked.SIBLING_WORKER: "whether a brother or sister has a worker",
    Asked.PREFERENCE: "whether the family asked for somebody",
}


def _age(child: ChildFacts) -> str | None:
    if child.unborn:
        return UNBORN
    return None if child.age is None else str(child.age)


def _one(value: object) -> frozenset[str]:
    return frozenset() if value is None else frozenset({str(value)})


def _languages(facts: ReferralFacts) -> frozenset[str]:
    """The children's first languages, and the one in which the family wants help, by their names."""
    named = [child.language for child in facts.children] + [LANGUAGE_WORDS.get(facts.language, "")]
    return frozenset(name.casefold() for name in named if name)


def _yes_no(*, found: bool) -> frozenset[str]:
    return frozenset({YES if found else NO})
