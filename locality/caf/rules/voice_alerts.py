"""When what a child says, shows or chooses must reach the lead professional at once.

Nothing here decides that a child is in danger: it only makes sure that a person looks, today. A false alarm costs a
worker two minutes; words are therefore matched generously. Pure.
"""

import enum
import re
from collections.abc import Iterable


class Cue(enum.StrEnum):
    """What kind of thing was said. ``WORDS``: free words that may mean harm."""

    UNSAFE = "unsafe"
    SCARED = "scared"
    UNHAPPY_AT_HOME = "unhappy_at_home"
    WORDS = "words"


CUE_LABELS = {
    Cue.UNSAFE: "does not feel safe",
    Cue.SCARED: "is scared, or somebody hurts them",
    Cue.UNHAPPY_AT_HOME: "is unhappy at home",
    Cue.WORDS: "used words that may mean harm",
}

# By question of a sitting: the choices that raise an alert. Faces run from 1 (very sad) to 5 (very happy).
_CHOICES: dict[str, tuple[Cue, frozenset[str]]] = {
    "face.home": (Cue.UNHAPPY_AT_HOME, frozenset({"1", "2"})),
    "face.people": (Cue.UNHAPPY_AT_HOME, frozenset({"1", "2"})),
    "face.safe": (Cue.UNSAFE, frozenset({"1", "2"})),
    "say.safe_home": (Cue.UNSAFE, frozenset({"no", "sometimes"})),
    "say.happy_home": (Cue.UNHAPPY_AT_HOME, frozenset({"no"})),
    "say.hurt": (Cue.SCARED, frozenset({"yes", "sometimes"})),
}
# Cards that raise an alert on whichever page they are chosen, and those that do on the page about home.
_CARDS = {"hurt": Cue.SCARED, "not_safe": Cue.UNSAFE, "scared": Cue.SCARED}
_CARDS_AT_HOME = {"sad": Cue.UNHAPPY_AT_HOME, "angry": Cue.UNHAPPY_AT_HOME, "lonely": Cue.UNHAPPY_AT_HOME}
HOME_CARDS = "cards.home"

_WORDS = re.compile(
    r"""\b(?: scar(?:ed|es|y) | frighten(?:s|ed|ing)? | afraid | terrified | unsafe | not\s+(?:very\s+)?safe
      | (?:do\s*n.?t|do\s+not|never)\s+feel\s+safe
      | (?:hit|hits|hitting|hurts?|hurting|kick(?:s|ed|ing)?|punch(?:es|ed|ing)?|slap(?:s|ped|ping)?|smack(?:s|ed|ing)?
          |beat(?:s|en|ing)?|touch(?:es|ed|ing)?|lock(?:s|ed|ing)?|chok(?:e|es|ed|ing)|threaten(?:s|ed|ing)?)
        \s+(?:me|us|him|her|mum|mummy|dad|daddy|my\s+(?:\w+\s+)?(?:mum|mummy|dad|daddy|brother|sister))
      | kill(?:s|ed|ing)? | die[ds]? | dying | dead | suicide | (?:cut|cutting|hurt|hurting)\s+myself
      | r[au]n(?:ning)?\s+away
      | hate\s+(?:home|it\s+at\s+home|being\s+at\s+home) | (?:sad|unhappy|miserable)\s+at\s+home
      | secrets? | knife | knives )\b""",
    re.IGNORECASE | re.VERBOSE,
)


def cues_in(question: str, *, choice: str = "", cards: Iterable[str] = (), words: str = "") -> frozenset[Cue]:
    """What in one answer somebody must look at today; empty for most."""
    found = {_CARDS[card] for card in cards if card in _CARDS}
    if question == HOME_CARDS:
        found |= {_CARDS_AT_HOME[card] for card in cards if card in _CARDS_AT_HOME}
    cue, choices = _CHOICES.get(question, (Cue.UNSAFE, frozenset()))
    if choice in choices:
        found.add(cue)
    if _WORDS.search(words):
        found.add(Cue.WORDS)
    return frozenset(found)
