"""What a family needs to be able to use a service, and what it asked for: language, access, and whom it would like.

Nothing here opens a service that does not fit. A language that nobody speaks, a need of access that is not met and an
agency that the family does not want close one; a wish chooses among those that fit.
"""

import re
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from locality.kernel.errors import Reason
from locality.kernel.ids import AgencyId, ServiceId
from locality.referrals.rules.directory import ACCESS_WORDS, LANGUAGE_WORDS, Access

ENGLISH, SIGNED = "en", "bfi"
LONGEST_WORKER = 100
MOST_UNWANTED = 20
# What a family may need; an interpreter is asked for with the language.
FAMILY_ACCESS: Mapping[Access, str] = {
    one: words for one, words in ACCESS_WORDS.items() if one is not Access.INTERPRETER
}
# What a worker who comes to the family's home makes needless.
_AT_HOME = frozenset({Access.STEP_FREE, Access.ACCESSIBLE_TOILET, Access.TRANSPORT})
# What people call languages that the directory calls otherwise.
_ALSO: Mapping[str, str] = {
    "bsl": SIGNED, "sign language": SIGNED, "cantonese": "zh", "mandarin": "zh", "farsi": "fa", "sylheti": "bn",
    "punjabi": "pa", "roma": "rom", "filipino": "tl", "castilian": "es", "moldovan": "ro",
}  # fmt: skip
_CODES: Mapping[str, str] = {**{words.casefold(): code for code, words in LANGUAGE_WORDS.items()}, **_ALSO}


@dataclass(frozen=True, slots=True)
class Wishes:
    """Language (a code of the directory's), access and wishes. ``interpreter`` None: nobody asked.

    ``worker`` is a name as the family says it; ``unwanted`` are agencies that the family does not want.
    """

    language: str = ""
    interpreter: bool | None = None
    access: tuple[Access, ...] = ()
    service: ServiceId | None = None
    agency: AgencyId | None = None
    worker: str = ""
    unwanted: tuple[AgencyId, ...] = ()


NO_WISHES = Wishes()


def reasons_against(wishes: Wishes, *, agency_of: Mapping[uuid.UUID, uuid.UUID]) -> tuple[Reason, ...]:
    """What does not go together; ``agency_of`` names the agency of each service that can be chosen."""
    wanted = {wishes.agency} | ({agency_of.get(wishes.service)} if wishes.service else set())
    checks = (
        (not wishes.language or wishes.language in LANGUAGE_WORDS, "language", "Select a language from the list"),
        (set(wishes.access) <= set(FAMILY_ACCESS), "access", "Select from the list what the family needs"),
        (
            wanted.isdisjoint(wishes.unwanted),
            "unwanted",
            "The family cannot both ask for an agency and not want it. Take one of the two away",
        ),
        (
            len(wishes.unwanted) <= MOST_UNWANTED,
            "unwanted",
            f"Select {MOST_UNWANTED} agencies or fewer that the family does not want",
        ),
    )
    return tuple(Reason(field, message) for fine, field, message in checks if not fine)


def language_code(words: str) -> str:
    """The directory's code of a language as somebody wrote it ("Polish, some English": Polish); "" when none is known.

    English counts only where no other language is named.
    """
    said = words.casefold().strip()
    if said in _CODES:
        return _CODES[said]
    found = [_CODES[name] for name in _CODES if re.search(rf"\b{re.escape(name)}\b", said)]
    return next((code for code in found if code != ENGLISH), ENGLISH if found else "")


def speaks(languages: Collection[str], access: Collection[str], *, language: str, interpreter: bool | None) -> bool:
    """Whether a service can talk with a family: in its language, or with an interpreter or signer.

    A service that names neither is taken to work in English. Who says that no interpreter is needed needs none.
    """
    if interpreter is False or (language in {"", ENGLISH} and interpreter is None):
        return True
    if Access.INTERPRETER in access:
        return True
    if language == SIGNED:
        return SIGNED in languages or Access.SIGN_LANGUAGE in access
    return language not in {"", ENGLISH} and language in languages


def unmet_access(needed: Collection[str], offered: Collection[str]) -> tuple[str, ...]:
    """What a family needs and a service does not offer, as codes in the order of the directory."""
    given = set(offered) | (_AT_HOME if Access.HOME_VISITS in offered else set())
    return tuple(one.value for one in ACCESS_WORDS if one in set(needed) - given)


def access_words(codes: Collection[str]) -> str:
    """Codes of access in words: "step-free, crèche"."""
    return ", ".join(_lower(words) for one, words in ACCESS_WORDS.items() if one in codes)


def language_words(wishes_language: str, *, interpreter: bool | None) -> str:
    """Language and interpreter in words; empty when neither is known."""
    named = LANGUAGE_WORDS.get(wishes_language, "")
    if interpreter is None:
        return named
    needed = "an interpreter is needed" if interpreter else "no interpreter is needed"
    return f"{named}: {needed}" if named else needed.capitalize()


def _lower(words: str) -> str:
    # A language's name keeps its capitals.
    return words if words == ACCESS_WORDS[Access.SIGN_LANGUAGE] else words[:1].lower() + words[1:]
