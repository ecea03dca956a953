"""Two versions of a CAF, field by field. Pure."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from locality.caf.rules.answers import Stretch, differences


@dataclass(frozen=True, slots=True)
class FieldKey:
    """One field of a CAF: which, of which child (None: of the family), and which part of it."""

    code: str
    child_id: uuid.UUID | None = None
    part: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field with the heading under which it stands and its own words."""

    key: FieldKey
    of: str
    label: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that two versions do not say alike."""

    field: Field
    old: str
    new: str

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """Both as one run of words, with what differs marked."""
        return differences(self.old, self.new)

    @property
    def word(self) -> str:
        """What has become of the field, in a word."""
        if not self.old:
            return "New"
        return "Changed" if self.new else "No longer said"


def compare(
    fields: Iterable[Field], old: Mapping[FieldKey, str], new: Mapping[FieldKey, str]
) -> tuple[tuple[Difference, ...], int]:
    """The fields in which two versions differ, in form order, and how many say the same."""
    found, same = [], 0
    for field in fields:
        before, after = old.get(field.key, ""), new.get(field.key, "")
        if before != after:
            found.append(Difference(field, before, after))
        elif before:
            same += 1
    return tuple(found), same
