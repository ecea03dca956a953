"""What families come with, and the words in which it is written down; read from ``data/words.json``."""

import json
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from locality.demo import reference
from locality.demo.chance import Weighted, one_of

_SHE = re.compile(r"\b(she|her|herself|mother)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Theme:
    """A kind of need, from the first telephone call to the last visit."""

    key: str
    ages: tuple[int, int]
    reasons: tuple[str, ...]
    needs: tuple[str, ...]
    stages: Weighted[int]
    services: tuple[str, ...]
    sources: Weighted[str]
    concern: float
    said: tuple[str, ...]
    said_of_men: tuple[str, ...]
    wants: tuple[str, ...]
    strengths: Mapping[str, tuple[str, ...]]
    needs_under: Mapping[str, tuple[str, ...]]
    actions: tuple[tuple[str, str, str, tuple[str, ...], int], ...]
    progress: tuple[str, ...]
    voice: Mapping[str, tuple[str, ...]]
    conclusion: tuple[str, ...]
    takes_unborn: bool
    hides_address: bool


@cache
def themes() -> Weighted[Theme]:
    """Every theme, weighted by how often it comes up."""
    return Weighted({_theme(entry): float(entry["weight"]) for entry in _file()["themes"]})


@cache
def theme(key: str) -> Theme:
    """One theme by its name."""
    return next(_theme(entry) for entry in _file()["themes"] if entry["key"] == key)


@cache
def words(key: str) -> tuple[str, ...]:
    """Sentences that fit any family."""
    found = _file()["words"][key]
    return tuple(found.split("|") if isinstance(found, str) else found)


@cache
def words_by(key: str) -> Mapping[str, Any]:
    """Sentences by some code."""
    found: Mapping[str, Any] = _file()["words"][key]
    return found


def fill(sentence: str, *, child: str, carer: str) -> str:
    """A sentence with the family's own names in it."""
    return sentence.replace("{c}", child).replace("{p}", carer)


def what_was_said(rng: random.Random, theme: Theme, *, of_a_man: bool) -> str:
    """What a referrer said, in words that fit the parent."""
    return one_of(rng, theme.said_of_men if of_a_man else theme.said)


@cache
def _file() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(reference.path_of("words.json").read_text(encoding="utf-8"))
    return found


def _theme(entry: Mapping[str, Any]) -> Theme:
    said = tuple(entry["said"])
    return Theme(
        key=entry["key"],
        ages=(entry["ages"][0], entry["ages"][1]),
        reasons=tuple(entry["reasons"]),
        needs=tuple(entry["needs"]),
        stages=Weighted({int(stage): float(weight) for stage, weight in entry["stages"].items()}),
        services=tuple(entry["services"]),
        sources=Weighted(entry["sources"]),
        concern=entry["concern"],
        said=said,
        said_of_men=tuple(s for s in said if not _SHE.search(s)) or ("{p} asks for help with {c}.",),
        wants=tuple(entry["wants"]),
        strengths={code: tuple(texts) for code, texts in entry["strengths"].items()},
        needs_under={code: tuple(texts) for code, texts in entry["needtext"].items()},
        actions=tuple((a[0], a[1], a[2], tuple(a[3]), a[4]) for a in entry["actions"]),
        progress=tuple(entry["progress"]),
        voice={age: tuple(texts) for age, texts in entry["voice"].items()},
        conclusion=tuple(entry["conclusion"]),
        takes_unborn=entry["unborn"],
        hides_address=entry["hidden"],
    )
