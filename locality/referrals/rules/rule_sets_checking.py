"""What is wrong with a list of rules, in plain words beside each rule; with a list that is in order, nothing.

Whether a rule can ever speak is decided exactly: somewhere in the space of referrals there must be one that it fits and
no rule before it does. Since more values only make more rules fit, referrals with one value of each kind are enough to
look at, and instead of trying each, the search takes the rules before it one by one and asks how each could be missed.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from locality.referrals.rules.conditions import AT_MOST_ONE, ONE_OF, Asked, Rule, Sends, in_order

MOST_RULES = 60
_MOST_STEPS = 20_000
_NONE = ""  # no value that any rule names
Values = frozenset[str]
Space = dict[Asked, Values]


@dataclass(frozen=True, slots=True)
class KnownService:
    """A service that a rule may name."""

    name: str
    is_open: bool
    is_early_help: bool
    team_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Directory:
    """What rules may name: codes with their words by kind, services, teams, and the locality of each cluster."""

    names: Mapping[Asked, Mapping[str, str]]
    services: Mapping[uuid.UUID, KnownService]
    teams: Mapping[uuid.UUID, str]
    locality_of: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a rule cannot stay as it is."""

    rule_id: uuid.UUID
    message: str


def problems(rules: Sequence[Rule], directory: Directory) -> tuple[Problem, ...]:
    """Everything that is wrong, rule by rule in their order."""
    ordered = in_order(rules)
    return tuple(
        Problem(rule.id, message)
        for place, rule in enumerate(ordered)
        for message in _against(rule, ordered[:place], directory, is_last=place == len(ordered) - 1)
    )


def closed_since(rules: Sequence[Rule], directory: Directory) -> tuple[Problem, ...]:
    """Which rules of a set in force name what has closed since it was approved: they are passed over."""
    told = "closed to new referrals: the next rule that fits is looked at. Draft a new set that names another"
    found = []
    for rule in in_order(rules):
        service = directory.services.get(rule.to) if rule.sends is Sends.SERVICE and rule.to else None
        if service is not None and not service.is_open:
            found.append(Problem(rule.id, f"It names {service.name}, which is {told}"))
        if rule.sends is Sends.TEAM and rule.to and not _has_open_service(rule.to, directory):
            team = directory.teams.get(rule.to, "a team")
            found.append(Problem(rule.id, f"It names {team}, whose services are {told}"))
    return tuple(found)


def _against(rule: Rule, earlier: Sequence[Rule], directory: Directory, *, is_last: bool) -> list[str]:
    found = [*_unknown(rule, directory), *_result(rule, directory)]
    if not rule.when and not is_last:
        found.append("It has no condition, so it takes every referral and no later rule can speak. Put it last")
    space = space_of(rule, directory.locality_of)
    if not all(space.values()):
        found.append("It can never fit: none of its clusters lies in the localities that it names")
        return found
    others = [(other, space_of(other, directory.locality_of)) for other in earlier]
    found += [
        f"It stands at the same place as “{other.name}” and both fit some referrals. Give one of them a later place"
        for other, other_space in others
        if other.order == rule.order and _overlap(space, other_space)
    ]
    found += _never_reached(rule, space, others)
    return found


def _never_reached(rule: Rule, space: Space, others: Sequence[tuple[Rule, Space]]) -> list[str]:
    covering = next((other for other, other_space in others if _covers(other_space, space)), None)
    if covering is not None:
        return [f"It can never speak: “{covering.name}” before it takes every referral that it fits"]
    reached = is_reached(space, [other_space for _, other_space in others])
    if reached is None:
        return [f"“{rule.name}” and the rules before it are too tangled to check. Use fewer conditions"]
    return [] if reached else ["It can never speak: the rules before it together take every referral that it fits"]


def space_of(rule: Rule, locality_of: Mapping[str, str]) -> Space:
    """What a rule asks, with localities said as their clusters: a cluster lies in one locality."""
    space: Space = {**rule.when}
    wanted = space.pop(Asked.LOCALITY, None)
    if wanted is not None:
        inside = frozenset(cluster for cluster, locality in locality_of.items() if locality in wanted)
        space[Asked.CLUSTER] = space.get(Asked.CLUSTER, inside) & inside
    return space


def is_reached(space: Space, earlier: Sequence[Space]) -> bool | None:
    """Whether some referral fits ``space`` and none of the earlier ones; None when too much would have to be tried."""
    budget = [_MOST_STEPS]
    possible = {asked: space.get(asked) or ONE_OF.get(asked) or frozenset({_NONE}) for asked in Asked}
    return _missed(possible, list(earlier), budget)


def _missed(possible: Space, earlier: list[Space], budget: list[int]) -> bool | None:
    budget[0] -= 1
    if budget[0] < 0:
        return None
    pending = [(other, ways) for other in earlier if (ways := _ways_to_miss(possible, other)) is not None]
    if not pending:
        return True
    # The one that is hardest to miss first: it soonest shows that there is no way.
    hardest, ways = min(pending, key=lambda found: len(found[1]))
    rest = [other for other, _ in pending if other is not hardest]
    for asked, left in ways:
        found = _missed({**possible, asked: left}, rest, budget)
        if found is not False:
            return found
    return False


def _ways_to_miss(possible: Space, other: Space) -> list[tuple[Asked, Values]] | None:
    """How what is possible can be narrowed so that ``other`` does not fit; None when it does not fit anyhow."""
    ways = []
    for asked, values in other.items():
        left = possible[asked] - values
        if left == possible[asked]:
            return None
        if left:
            ways.append((asked, left))
    return ways


def _covers(wider: Space, narrower: Space) -> bool:
    return all(asked in narrower and narrower[asked] <= values for asked, values in wider.items())


def _overlap(one: Space, other: Space) -> bool:
    """Whether a referral can fit both; with several needs, children or schools it can have something of each."""
    return all(not one[asked].isdisjoint(other[asked]) for asked in AT_MOST_ONE if asked in one and asked in other)


def _unknown(rule: Rule, directory: Directory) -> Iterable[str]:
    for asked in Asked:
        if asked not in rule.when:
            continue
        strange = sorted(rule.when[asked] - set(directory.names[asked]))
        if strange or not rule.when[asked]:
            yield f"It names {_KIND_WORDS[asked]} that is not known here (any more). Choose again"


def _result(rule: Rule, directory: Directory) -> Iterable[str]:
    if rule.sends is Sends.SERVICE:
        yield from _service(rule.to, directory)
    if rule.sends is Sends.TEAM:
        yield from _team(rule.to, directory)
    if rule.sends is Sends.USUAL and not rule.urgent:
        yield "It changes nothing: it leaves the choice as usual and is not urgent. Say what it should do"


def _service(named: uuid.UUID | None, directory: Directory) -> Iterable[str]:
    service = directory.services.get(named) if named else None
    if service is None:
        yield "It names a service that is not in the directory. Choose another"
    elif not service.is_open:
        yield f"It names {service.name}, which is closed to new referrals. Choose another service"
    elif not service.is_early_help:
        yield f"It names {service.name}, which does not take referrals for early help. Choose another service"


def _team(named: uuid.UUID | None, directory: Directory) -> Iterable[str]:
    if named is None or named not in directory.teams:
        yield "It names a team that is not in the directory. Choose another"
    elif not _has_open_service(named, directory):
        yield f"It names {directory.teams[named]}, which has no service that is open. Choose another team"


def _has_open_service(team: uuid.UUID, directory: Directory) -> bool:
    return any(one.team_id == team and one.is_open and one.is_early_help for one in directory.services.values())


_KIND_WORDS: Mapping[Asked, str] = {
    Asked.NEED: "a need",
    Asked.AGE: "an age",
    Asked.STAGE: "a stage",
    Asked.CLUSTER: "a cluster",
    Asked.LOCALITY: "a locality",
    Asked.SCHOOL: "a school",
    Asked.POSTCODE: "a postcode area",
    Asked.LANGUAGE: "a language",
    Asked.URGENCY: "an urgency",
    Asked.OPEN_CASE: "an answer about open cases",
    Asked.SIBLING_WORKER: "an answer about brothers and sisters",
    Asked.PREFERENCE: "an answer about what the family asked for",
}
