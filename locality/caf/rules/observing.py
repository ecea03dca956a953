"""What is watched when a child cannot say it: mood, play, response to carers; a worker's eyes, in set words. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

MOODS = {
    "content": "Content", "lively": "Lively", "curious": "Curious", "quiet": "Quiet", "clingy": "Clingy",
    "fretful": "Fretful", "flat": "Flat, little expression", "tearful": "Tearful", "watchful": "Watchful or tense",
}  # fmt: skip
PLAYS = {
    "explores": "Explores and tries things", "with_others": "Plays with others", "alone": "Plays alone, absorbed",
    "repeats": "Does the same again and again", "needs_help": "Plays when somebody joins in",
    "does_not": "Does not play", "not_seen": "There was no chance to see them play",
}  # fmt: skip
CARERS = {
    "turns_to": "Turns to them for comfort", "smiles": "Smiles or reaches for them", "settles": "Settles with them",
    "ignores": "Takes little notice of them", "avoids": "Turns away from them", "startles": "Startles or freezes",
    "not_seen": "They were not there",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Observed:
    """What a worker watched: codes of the three lists, and what happened in the worker's words."""

    mood: Collection[str]
    play: Collection[str]
    carers: Collection[str]
    seen: str

    @property
    def words(self) -> str:
        """A line for each of the three, then what was seen."""
        lines = (
            _line("Mood", self.mood, MOODS), _line("Play", self.play, PLAYS), _line("With carers", self.carers, CARERS),
        )  # fmt: skip
        return "\n".join((*lines, self.seen))


def _line(name: str, chosen: Collection[str], labels: Mapping[str, str]) -> str:
    return f"{name}: {'; '.join(label for code, label in labels.items() if code in chosen)}"
