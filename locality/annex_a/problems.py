"""What could not be used, as a file that opens in a spreadsheet and cannot do harm there."""

import csv
from collections.abc import Iterable
from dataclasses import astuple
from pathlib import Path

from locality.annex_a.rows import Problem

HEADINGS = ("List", "Row", "Column", "Value", "Problem", "Cure", "What happened")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def harmless(text: str) -> str:
    """Text that a spreadsheet shows and never computes (OWASP: CSV injection)."""
    return f"'{text}" if text.lstrip(" '\"").startswith(_FORMULA_STARTS) else text


def write_problems(path: Path, problems: Iterable[Problem]) -> int:
    """Write the error file; how many problems it holds. Raises ``OSError``."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        for found in problems:
            writer.writerow([harmless(str(cell)) for cell in astuple(found)])
            count += 1
    return count
