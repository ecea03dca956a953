"""Slips that people make when they write down who somebody is: each turns a probe into another."""

import datetime as dt
import random
import string
from collections.abc import Callable
from dataclasses import replace

from benchmarks.register import Somebody
from locality.people.rules.codes import Sex
from locality.people.rules.matching import Probe
from locality.people.rules.names import fold
from locality.people.rules.nicknames import other_forms

Slip = Callable[[Probe, random.Random], Probe | None]


def as_known(one: Somebody) -> Probe:
    """Everything as the register has it, but for the numbers."""
    return Probe(
        given_name=one.given_name,
        family_name=one.family_name,
        born_on=one.born_on,
        sex=Sex(one.sex),
        postcode=one.postcode,
        lines=one.lines,
        phones=(one.phone,),
        adults=(one.mother,) if one.mother else (),
    )


def mistype(word: str, rng: random.Random) -> str:
    """One letter wrong, missing, too many, or swapped with the next."""
    place = rng.randrange(len(word)) if word else 0
    letter = rng.choice(string.ascii_lowercase)
    kind = rng.randrange(4)
    if kind == 0:
        return word[:place] + letter + word[place + 1 :]
    if kind == 1 and len(word) > 2:
        return word[:place] + word[place + 1 :]
    if kind == 2:
        return word[:place] + letter + word[place:]
    return word[:place] + word[place + 1 : place + 2] + word[place : place + 1] + word[place + 2 :]


def _given(probe: Probe, rng: random.Random) -> Probe | None:
    return replace(probe, given_name=mistype(probe.given_name, rng))


def _family(probe: Probe, rng: random.Random) -> Probe | None:
    return replace(probe, family_name=mistype(probe.family_name, rng)) if probe.family_name else None


def _names_swapped(probe: Probe, _rng: random.Random) -> Probe | None:
    if not probe.family_name:
        return None
    return replace(probe, given_name=probe.family_name, family_name=probe.given_name)


def _day_and_month(probe: Probe, _rng: random.Random) -> Probe | None:
    born = probe.born_on
    if born is None or born.day > 12 or born.day == born.month:
        return None
    return replace(probe, born_on=dt.date(born.year, born.day, born.month))


def _figure(probe: Probe, rng: random.Random) -> Probe | None:
    """One figure of the birth date wrong, so that it is still a date that a child may have."""
    written = f"{probe.born_on:%Y%m%d}"
    for _ in range(40):
        place = rng.randrange(2, 8)
        wrong = written[:place] + rng.choice("0123456789") + written[place + 1 :]
        try:
            born = dt.date(int(wrong[:4]), int(wrong[4:6]), int(wrong[6:]))
        except ValueError:
            continue
        if wrong != written and 2000 <= born.year <= 2026:
            return replace(probe, born_on=born)
    return None


def _nickname(probe: Probe, rng: random.Random) -> Probe | None:
    forms = sorted(other_forms(fold(probe.given_name)))
    return replace(probe, given_name=rng.choice(forms).title()) if forms else None


def _moved(probe: Probe, rng: random.Random) -> Probe | None:
    return replace(probe, postcode="SS9 9ZZ", lines=(f"{rng.randrange(1, 90)} Elsewhere Road",))


def _surname(probe: Probe, rng: random.Random) -> Probe | None:
    """The surname of a new family, in a new home, with a new telephone."""
    moved = _moved(probe, rng)
    other = rng.choice(("Whitlock", "Okonjo", "Brennan", "Castellano", "Pickersgill"))
    return moved and replace(moved, family_name=other, phones=("07700 900999",))


def _surname_missing(probe: Probe, _rng: random.Random) -> Probe | None:
    return replace(probe, family_name="")


SLIPS: dict[str, Slip] = {
    "a typing error in the first name": _given,
    "a typing error in the surname": _family,
    "first name and surname swapped": _names_swapped,
    "day and month swapped": _day_and_month,
    "one figure wrong in the birth date": _figure,
    "a short or pet form": _nickname,
    "moved": _moved,
    "another surname, home and telephone": _surname,
    "no surname": _surname_missing,
}


def without_household(probe: Probe) -> Probe:
    """The same without home, telephone and adults: names, birth date and sex alone."""
    return replace(probe, postcode=None, lines=(), phones=(), adults=())
