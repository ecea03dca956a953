"""The question which of the ten outcomes something belongs to, as several forms ask it."""

from typing import Any

from locality.caf.rules.words import OUTCOME_LABELS
from locality.web.fields import Choice, Select


def outcome_select(label: str, **options: Any) -> Select:
    """The ten outcome headings to choose from; ``options`` say whether one must be chosen."""
    choices = [Choice(str(code), words) for code, words in OUTCOME_LABELS.items()]
    return Select(label, choices=choices, coerce=int, called="The outcome", **options)
