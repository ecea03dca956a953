"""Functions that a later migration has replaced, as they were: for the way up from nothing, and for going back.

What the database holds today stands where it is used (``locality/search``); what it held once stands beside the
migration that wrote it and is never changed.
"""

from pathlib import Path

_FOLDER = Path(__file__).parent / "versions"


def earlier(name: str) -> str:
    """The statements of a file beside the migrations (``0016_search.sql``)."""
    return (_FOLDER / name).read_text(encoding="utf-8")
