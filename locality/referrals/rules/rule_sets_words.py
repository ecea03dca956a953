"""Rules in words, for the people who set and approve them."""

from collections.abc import Iterable, Mapping, Sequence

from locality.referrals.rules.conditions import UNBORN, Asked, Rule, Sends
from locality.referrals.rules.rule_sets import Standing
from locality.referrals.rules.rule_sets_checking import Directory

HEADS: Mapping[Asked, str] = {
    Asked.NEED: "Needs",
    Asked.AGE: "Age",
    Asked.STAGE: "Stage",
    Asked.CLUSTER: "Cluster",
    Asked.LOCALITY: "Locality",
    Asked.SCHOOL: "School",
    Asked.POSTCODE: "Postcode area",
    Asked.LANGUAGE: "First language",
    Asked.URGENCY: "Urgency",
    Asked.OPEN_CASE: "Open case",
    Asked.SIBLING_WORKER: "Brothers and sisters",
    Asked.PREFERENCE: "What the family asked for",
}
STANDING_WORDS: Mapping[Standing, tuple[str, str]] = {
    Standing.DRAFT: ("Draft", "grey"),
    Standing.REHEARSED: ("Rehearsed", "blue"),
    Standing.WAITING: ("Approved", "turquoise"),
    Standing.LIVE: ("Live", "green"),
    Standing.SUPERSEDED: ("Superseded", "grey"),
}
SENDS_WORDS: Mapping[Sends, str] = {
    Sends.SERVICE: "Ask one service first",
    Sends.TEAM: "Ask the services of a team first",
    Sends.PREFERRED: "Ask the service that the family asked for first",
    Sends.USUAL: "Choose the service as usual",
    Sends.PERSON: "A person decides",
}


def conditions(rule: Rule, directory: Directory) -> tuple[tuple[str, str], ...]:
    """What a rule asks: head and words, in the order of the form."""
    return tuple(
        (HEADS[asked], _values(asked, rule.when[asked], directory.names[asked]))
        for asked in Asked
        if asked in rule.when
    )


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
    return f"{words}. Answer within one working day" if rule.urgent else words


def _values(asked: Asked, values: Iterable[str], names: Mapping[str, str]) -> str:
    if asked is Asked.AGE:
        return _ages(set(values))
    known = [name for value, name in names.items() if value in set(values)]
    strange = len(set(values) - set(names))
    return " or ".join(known + (["one that is not known any more"] if strange else []))


def _ages(values: set[str]) -> str:
    years = sorted(int(value) for value in values if value.isdigit())
    words = ["Unborn"] if UNBORN in values else []
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
