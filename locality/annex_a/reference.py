"""The tables in this package's own folder: columns of the lists, and how councils spell."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from locality.annex_a.spelling import key


@cache
def table(name: str) -> tuple[Mapping[str, str], ...]:
    """The rows of one of the CSV files beside this module."""
    file = resources.files("locality.annex_a").joinpath("data", name)
    return tuple(csv.DictReader(file.read_text("utf-8").splitlines()))


@cache
def spellings(of: str) -> Mapping[str, str]:
    """Squeezed spelling to code, for ``ethnicity``, ``source``, ``gender`` or ``yes or no``."""
    rows = (row for row in table("spellings.csv") if row["of"] == of)
    return MappingProxyType({key(row["spelling"]): row["code"] for row in rows})
