"""What of a page's answers is kept while somebody types. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence

LONGEST_TEXT = 20_000
MOST_TEXTS = 60
_DATE_PARTS = ("day", "month", "year")
_MARK = "\N{REPLACEMENT CHARACTER}"
_CANNOT_BE_STORED = re.compile("[\x00\ud800-\udfff]")

# The answers of a child on record carry the record's id. No question has this name: nobody can type it.
ON_RECORD = "on_record"
# The hidden answer that says which questions were filled in with what a record knows.
SHOWN = "shown"

Texts = dict[str, list[str]]


def keepable(sent: Mapping[str, Sequence[str]], names: Iterable[str]) -> Texts:
    """The answers to a page's own questions, as typed, but for what no database holds and what is far too long.

    A name stands for the parts of a date too ("born_on-day"). Whatever else was sent is not the page's.
    """
    own = {whole for name in names for whole in (name, *(f"{name}-{part}" for part in _DATE_PARTS))}
    return {
        name: [_CANNOT_BE_STORED.sub(_MARK, text[:LONGEST_TEXT]) for text in texts[:MOST_TEXTS]]
        for name, texts in sent.items()
        if name in own
    }


def joined(versions: Sequence[Mapping[str, Sequence[str]]], accounts: Iterable[str]) -> Texts:
    """The first version, with what the others say in the accounts put under its own words, nothing twice.

    ``accounts`` names the questions that are answered at length; of the rest the first version's answers stand.
    """
    kept = {name: list(texts) for name, texts in versions[0].items()}
    for name in accounts:
        said = [text for version in versions for text in version.get(name, ()) if text.strip()]
        if said:
            kept[name] = ["\n\n".join(dict.fromkeys(said))]
    return kept
