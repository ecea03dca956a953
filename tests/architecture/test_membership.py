"""Whom a row is about is asked of membership tables: row-level security leaves only plain equality to an index."""

import re

from tests.architecture.source import Source, product

_ASKS_AN_ARRAY = re.compile(r"\babout(\.overlap\(|\s*&&|\s*@>)")


def _asking(sources: list[Source]) -> list[str]:
    return [
        f"{source.path}: {line.strip()}"
        for source in sources
        for line in source.text.splitlines()
        if _ASKS_AN_ARRAY.search(line)
    ]


def test_no_query_asks_an_array_whom_a_row_is_about() -> None:
    assert _asking(product()) == []


def test_the_search_finds_what_it_looks_for() -> None:
    assert _ASKS_AN_ARRAY.search("where(ShareOverride.about.overlap(list(people)))")
    assert _ASKS_AN_ARRAY.search("WHERE r.about && :people")
