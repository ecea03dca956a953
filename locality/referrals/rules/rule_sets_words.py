"""Rules in words, for the people who set and approve them."""

from collections.abc import Iterable, Mapping, Sequence

from locality.referrals.rules.conditions import UNBORN, Asked, Rule, Sends
from locality.referrals.rules.rule_sets import Standing
from locality.referrals.rules.rule_sets_checking import Directory

STANDING_WORDS: Mapping[Standing, tuple[str, str]] = {
    Standing.DRAFT: ("Draft", "grey"),
    Standing.REHEARSED: ("Rehearsed", "blue"),
    Standing.WAITING: ("Approved", "turquoise"),
    Standing.LIVE: ("Live", "green"),
    Standing.SUPERSEDED: ("Superseded", "grey"),
    Standing.WITHDRAWN: ("Withdrawn", "orange"),
    Standing.DISCARDED: ("Thrown away", "grey"),
}
SENDS_WORDS: Mapping[Sends, str] = {
    Sends.SERVICE: "Ask one service first",
    Sends.TEAM: "Ask the services of a team first",
    Sends.PREFERRED: "Ask first whom the family asked for",
    Sends.USUAL: "Choose the service as usual",
    Sends.PERSON: "A person decides",
}


def sentence(rule: Rule, directory: Directory) -> str:
    """A rule as one would say it: "When a child is 0 to 4 and the stage is 2, ask Health visiting first."."""
    asked = [_condition(asked, rule.when[asked], directory) for asked in Asked if asked in rule.when]
    said = result(rule, directory)
    said = said[:1].lower() + said[1:]
    return f"When {' and '.join(asked)}, {said}." if asked else f"For every referral, {said}."


def result(rule: Rule, directory: Directory) -> str:
    """Where a rule sends a referral, in words."""
    if rule.sends is Sends.SERVICE:
        service = directory.services.get(rule.to) if rule.to else None
        words = f"Ask {service.name} first" if service else "Ask a service first that is not in the directory"
    elif rule.sends is Sends.TEAM:
        team = directory.teams.get(rule.to) if rule.to else None
        words = f"Ask the services of {team} first" if team else "Ask a team first that is not in the directory"
    else:
        words = SENDS_WORDS[rule.sends]
    return f"{words}, and answer within one working day" if rule.urgent else words


_CONDITIONS: Mapping[Asked, str] = {
    Asked.NEED: "the family needs help with {}",
    Asked.AGE: "a child is {}",
    Asked.STAGE: "the referral is at {}",
    Asked.CLUSTER: "the cluster is {}",
    Asked.LOCALITY: "the locality is {}",
    Asked.SCHOOL: "a child goes to {}",
    Asked.POSTCODE: "the home is in {}",
    Asked.LANGUAGE: "the family speaks {}",
    Asked.URGENCY: "the referral is {}",
}
# Names keep their capitals in the middle of a sentence; these are no names.
_COMMON = frozenset({Asked.NEED, Asked.STAGE, Asked.URGENCY, Asked.OPEN_CASE, Asked.SIBLING_WORKER, Asked.PREFERENCE})


def _condition(asked: Asked, values: Iterable[str], directory: Directory) -> str:
    words = _values(asked, values, directory.names[asked])
    return _CONDITIONS.get(asked, "{}").format(words)


def _values(asked: Asked, values: Iterable[str], names: Mapping[str, str]) -> str:
    if asked is Asked.AGE:
        return _ages(set(values))
    known = [_within(asked, name) for value, name in names.items() if value in set(values)]
    strange = len(set(values) - set(names))
    return " or ".join(known + (["one that is not known any more"] if strange else []))


def _within(asked: Asked, name: str) -> str:
    return name[:1].lower() + name[1:] if asked in _COMMON else name


def _ages(values: set[str]) -> str:
    years = sorted(int(value) for value in values if value.isdigit())
    words = ["unborn"] if UNBORN in values else []
    words += [str(first) if first == last else f"{first} to {last}" for first, last in _runs(years)]
    return " or ".join(words)


def _runs(years: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for year in years:
        if runs and runs[-1][1] == year - 1:
            runs[-1] = (runs[-1][0], year)
        else:
            runs.append((year, year))
    return runs
