"""Names of invented people from many cultures, as they are written: accents, apostrophes, one name, four names."""

import random
from dataclasses import dataclass
from functools import cache

from locality.demo import reference
from locality.demo.chance import Weighted, one_of

GIRL, BOY = "girl", "boy"
# English surnames are made of two parts, so that a million people do not share a hundred names.
_MADE_SHARE = 0.72
_DOUBLE_SHARE = 0.03


@dataclass(frozen=True, slots=True)
class Culture:
    """What goes with a family's names."""

    name: str
    language: str
    interpreter: float
    ethnicities: Weighted[str]
    religions: Weighted[str]
    girls: tuple[str, ...]
    boys: tuple[str, ...]
    surnames: tuple[str, ...]

    def given(self, rng: random.Random, kind: str) -> str:
        """A given name for a girl or woman, a boy or man. The common ones come first and come up more often."""
        names = self.girls if kind == GIRL else self.boys
        share = rng.random()
        return names[int(share * (0.35 + 0.65 * share) * len(names))]

    def surname(self, rng: random.Random) -> str:
        """A family name; empty for people who have one name only."""
        if self.name != "british":
            return one_of(rng, self.surnames)
        made = rng.random() < _MADE_SHARE
        name = one_of(rng, _parts("front")) + one_of(rng, _parts("back")) if made else one_of(rng, self.surnames)
        if rng.random() < _DOUBLE_SHARE:
            name = f"{name}-{one_of(rng, self.surnames)}"
        return name


@cache
def cultures() -> Weighted[Culture]:
    """Every culture, weighted by how often its names come up."""
    names = {(row["culture"], row["part"]): tuple(row["names"].split("|")) for row in reference.table("names.csv")}
    return Weighted(
        {
            Culture(
                name=row["culture"],
                language=row["language"],
                interpreter=int(row["interpreter_percent"]) / 100,
                ethnicities=_weights(row["ethnicities"]),
                religions=_weights(row["religions"]),
                girls=names[row["culture"], GIRL],
                boys=names[row["culture"], BOY],
                surnames=names[row["culture"], "family"],
            ): float(row["weight"])
            for row in reference.table("cultures.csv")
        }
    )


@cache
def _parts(part: str) -> tuple[str, ...]:
    row = next(row for row in reference.table("names.csv") if row["part"] == part)
    return tuple(row["names"].split("|"))


def _weights(cell: str) -> Weighted[str]:
    pairs = (part.rpartition(":") for part in cell.split(" "))
    return Weighted({name: float(weight) for name, _, weight in pairs})
