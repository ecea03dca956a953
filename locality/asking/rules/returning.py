"""Coming back to a request: the memorable answer, and how often may be tried. Pure."""

import datetime as dt
import re
import unicodedata

SHORTEST_ANSWER = 8
LONGEST_ANSWER = 100
REFERENCE_TRIES = 10
REFERENCE_WINDOW = dt.timedelta(minutes=15)
CLIENT_TRIES = 100
CLIENT_WINDOW = dt.timedelta(hours=1)
BEGIN_TRIES = 60
ATTEMPTS_KEPT_FOR = dt.timedelta(days=30)
# What was sent can be looked up for so long; the contact itself is kept by the authority's own rules.
SENT_KEPT_FOR = dt.timedelta(days=180)


def tidy_answer(typed: str) -> str:
    """A memorable answer as it is compared: no capitals, blanks or full stops, one written form of each letter."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", typed)).casefold()


def fault_of_answer(typed: str) -> str | None:
    """What is wrong with a memorable answer; None when it will do."""
    tidy = tidy_answer(typed)
    if len(tidy) < SHORTEST_ANSWER:
        return (
            f"Your memorable answer must have at least {SHORTEST_ANSWER} letters or numbers. Two words together do well"
        )
    if len(set(tidy)) < 3:
        return "Your memorable answer must not be the same letter again and again"
    return None


def try_again_at(
    *, by_reference: dt.datetime | None, by_client: dt.datetime | None, now: dt.datetime
) -> dt.datetime | None:
    """When the next try is allowed; None when it is allowed now.

    ``by_reference`` is the instant of the ``REFERENCE_TRIES``-th most recent failed try with this reference,
    ``by_client`` of the ``CLIENT_TRIES``-th from this address; None where there were fewer.
    """
    ends = [by_reference + REFERENCE_WINDOW] if by_reference else []
    ends += [by_client + CLIENT_WINDOW] if by_client else []
    latest = max(ends, default=now)
    return latest if latest > now else None
