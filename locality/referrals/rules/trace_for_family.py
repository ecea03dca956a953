"""Why a service was asked, in plain words for the family itself (reading age 9).

It names no need, no brother or sister and no other service: the page may lie on a table where anybody at home reads it.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from locality.referrals.rules import nearness
from locality.referrals.rules.codes import ReferralKind
from locality.referrals.rules.facts import Near, RouteResult
from locality.referrals.rules.trace import StoredTrace, replay


@dataclass(frozen=True, slots=True)
class FamilyTrace:
    """What was decided, why in short sentences, and what was looked at and left."""

    answer: str
    because: tuple[str, ...]
    left: tuple[str, ...]


def may_be_told(trace: StoredTrace) -> bool:
    """Whether a page may tell it: that social care is asked is said in person, and never left on paper."""
    return bool(trace["facts"]["kind"] == ReferralKind.EARLY_HELP)


def for_family(trace: StoredTrace) -> FamilyTrace:
    """A stored trace in plain words; every trace ever kept can be read."""
    result, service_id = replay(trace)
    if result is RouteResult.LEAD:
        lead = trace["lead"]
        return FamilyTrace(
            f"{lead} helps you now. So we asked {lead} to help with this too.",
            ("You do not have to start again with somebody new.",),
            (),
        )
    left = _left(trace)
    if result is RouteResult.PERSON:
        return FamilyTrace("A person will choose who can help you.", _why_a_person(trace), left)
    chosen = next(c for c in trace["candidates"] if c["service_id"] == str(service_id))
    return FamilyTrace(f"We asked {chosen['name']} to help you.", _because(trace, chosen), left)


def _why_a_person(trace: StoredTrace) -> tuple[str, ...]:
    if trace["facts"]["agreement"] == "none":
        return ("We need your yes first. Somebody will talk with you.",)
    if "spoke" in trace:
        return ("One of our rules says that a person should look at this.",)
    return ("No team was a good match for you. So a person looks for one.",)


def _because(trace: StoredTrace, chosen: Mapping[str, object]) -> tuple[str, ...]:
    told = (
        (bool(chosen.get("wished")), "You asked for them."),
        (bool(chosen.get("named")), "One of our rules says to ask them first."),
        (True, "They can give the help that you need."),
        (bool(trace["facts"].get("access")), "They have what you need to take part."),
        (_needs_words(trace["facts"]), "They can talk with you in your language."),
        (chosen.get("far") == nearness.VISITS, "They come to your home."),
        (chosen.get("far") == 1, "They are close to your home."),
        (chosen["near"] in _HERE, "They work in the part of town where you live or go to school."),
        (chosen["near"] in _AWAY, "Teams near you are full. They have a place now."),
        (_has_room(chosen), "They have a free place."),
        (chosen["free"] == 0, "Nobody has a free place now. They have a list, and you will have a place on it."),
    )
    return tuple(line for said, line in told if said)


_HERE = frozenset({Near.CLUSTER.value, Near.LOCALITY.value})
_AWAY = frozenset({Near.NEIGHBOUR.value, Near.ELSEWHERE.value})


def _needs_words(facts: Mapping[str, object]) -> bool:
    return facts.get("interpreter") is True or facts.get("language", "") not in {"", "en"}


def _has_room(chosen: Mapping[str, object]) -> bool:
    free = chosen["free"]
    return isinstance(free, int) and free > 0 and chosen["near"] not in _AWAY


def _left(trace: StoredTrace) -> tuple[str, ...]:
    """How many teams were looked at and left, by why; those for other work are not counted."""
    counted = Counter(_group(candidate["why"]) for candidate in trace["candidates"] if not candidate["kept"])
    return tuple(words.format(teams=_teams(counted[key])) for key, words in _LEFT_WORDS.items() if counted[key])


def _teams(number: int) -> str:
    return "1 team" if number == 1 else f"{number} teams"


def _group(why: str) -> str:
    return next((key for prefix, key in _GROUPS.items() if why.startswith(prefix)), "other")


# By how a reason begins: these are the words that traces have kept since the first of them.
_GROUPS: Mapping[str, str] = {
    "Does other work": "",
    "Closed": "closed",
    "Was asked before": "asked",
    "Does not meet the need": "need",
    "Takes children": "age",
    "Does not work at this stage": "stage",
    "Only for families with": "eligible",
    "The family does not want": "unwanted",
    "Nobody there speaks": "language",
    "Has no interpreter": "language",
    "Does not offer": "access",
    "Works in another area": "area",
    "Keeps no places": "area",
    "Full": "full",
}
_LEFT_WORDS: Mapping[str, str] = {
    "need": "{teams}: they help with other things.",
    "age": "{teams}: they help children of another age.",
    "stage": "{teams}: they give more help, or less help, than you need now.",
    "eligible": "{teams}: they help only some families.",
    "language": "{teams}: nobody there can talk with you in your language.",
    "access": "{teams}: they do not have what you need to take part.",
    "area": "{teams}: they work in another place.",
    "full": "{teams}: they are full.",
    "closed": "{teams}: they are closed.",
    "asked": "{teams}: we asked them before.",
    "unwanted": "{teams}: you told us that you do not want them.",
    "other": "{teams}: they did not fit for some other reason.",
}
