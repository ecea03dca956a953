"""What changed between two versions of a service's entry, in words."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from locality.referrals.queries.services import Edition
from locality.referrals.rules.codes import AreaKind
from locality.referrals.rules.directory import ACCESS_WORDS, DAY_WORDS, FIELD_WORDS, LANGUAGE_WORDS, Access, Day
from locality.referrals.rules.needs import words_for
from locality.web import formats

_NOTHING = "Nothing"
_AREA_WORDS = {
    AreaKind.AUTHORITY: "The whole area",
    AreaKind.LOCALITY: "One locality",
    AreaKind.CLUSTER: "One cluster",
}
_WORDS: Mapping[str, Callable[[Any], str]] = {
    "needs": words_for,
    "eligible_needs": words_for,
    "languages": lambda codes: ", ".join(LANGUAGE_WORDS.get(code, code) for code in codes),
    "days": lambda codes: ", ".join(DAY_WORDS[Day(code)] for code in codes),
    "access": lambda codes: ", ".join(ACCESS_WORDS[Access(code)] for code in codes),
    "stages": lambda stages: ", ".join(map(str, stages)),
    "area_kind": lambda kind: _AREA_WORDS[AreaKind(kind)],
    "opens_on": lambda day: formats.day(dt.date.fromisoformat(day)),
    "closes_on": lambda day: formats.day(dt.date.fromisoformat(day)),
}
_NAMED = frozenset({"agency_id", "team_id", "area_id"})


def told_changes(edition: Edition, names: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """(field, before, after) of everything that an edition changed; ``names`` are of teams, agencies and places."""
    before = edition.before or {}
    return tuple(
        (FIELD_WORDS[field], _told(field, before.get(field), names), _told(field, edition.content.get(field), names))
        for field in edition.changed
    )


def _told(field: str, value: Any, names: Mapping[str, str]) -> str:
    if value is None or value in ("", []):
        return _NOTHING
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if field in _NAMED:
        return names.get(value, "One that is no longer set up")
    return _WORDS.get(field, str)(value)
