"""What of a form is kept while somebody types, and how much. Pure."""

import datetime as dt
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence

LONGEST_TEXT = 400_000  # as much as any form takes
MOST_TEXTS = 200
MOST_FIELDS = 200
LONGEST_NAME = 100
# A page keeps its right to save for as long as anybody leaves one open over a long weekend.
PAGE_MAY_SAVE_FOR = dt.timedelta(days=7)
_MARK = "\N{REPLACEMENT CHARACTER}"
_CANNOT_BE_STORED = re.compile("[\x00\ud800-\udfff]")


def keepable(typed: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What is kept of what was typed: as it stands, but for characters that no database holds and what is too long."""
    fields = {name: texts for name, texts in typed.items() if 0 < len(name) <= LONGEST_NAME and _can_be_stored(name)}
    return {name: [_kept(text) for text in fields[name][:MOST_TEXTS]] for name in list(fields)[:MOST_FIELDS]}


def cut_short(typed: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The fields of which only the first ``LONGEST_TEXT`` characters are kept, by name."""
    return tuple(name for name, texts in typed.items() if any(len(text) > LONGEST_TEXT for text in texts))


def changed_elsewhere(seen: Mapping[str, int], versions: Mapping[str, int]) -> tuple[str, ...]:
    """The fields that another window changed since this one looked: what it has seen is not what is kept now.

    A field that this window says nothing about in ``seen`` was not there when it looked (version 0).
    """
    return tuple(name for name, version in versions.items() if seen.get(name, 0) != version)


def left_alone(
    sent: Iterable[str], untouched: Iterable[str], *, writers: Mapping[str, uuid.UUID | None], page_id: uuid.UUID | None
) -> frozenset[str]:
    """Which fields of a form that was sent, but refused, are not written: those that its own window has not changed.

    ``writers`` are the pages that wrote what is kept. What this page wrote it may write again, and what no page is
    known of. A field that is not kept yet is written only with others of its group (``child-0-name``, ``child-0-age``):
    half a group could not be given back.
    """
    same = frozenset(untouched)
    groups = {_group(name) for name in sent if name not in same}
    others = {name for name in same if writers.get(name) not in (None, page_id)}
    return frozenset(others | {name for name in same if name not in writers and _group(name) not in groups})


def is_past(turn: int | None, *, sent: int | None) -> bool:
    """Whether what a page sends at a turn is older than its form, which went at the turn ``sent`` (None: not yet)."""
    return sent is not None and (turn or 0) <= sent


def forgotten_before(now: dt.datetime, *, days: int) -> dt.datetime:
    """Drafts last typed before this instant are removed."""
    return now - dt.timedelta(days=days)


def _group(name: str) -> str:
    return name.partition("-")[0]


def _kept(text: str) -> str:
    return _CANNOT_BE_STORED.sub(_MARK, text[:LONGEST_TEXT])


def _can_be_stored(name: str) -> bool:
    return _CANNOT_BE_STORED.search(name) is None
