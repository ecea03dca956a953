"""Attempts to sign in: how they are counted and when there were too many (trust G16). Pure."""

import datetime as dt
import ipaddress
from enum import StrEnum

ACCOUNT_TRIES = 10
ACCOUNT_WINDOW = dt.timedelta(minutes=15)
ADDRESS_TRIES = 100
ADDRESS_WINDOW = dt.timedelta(hours=1)
ATTEMPTS_KEPT_FOR = dt.timedelta(days=30)


def client_network(address: str | None) -> str:
    """What attempts are counted by: an IPv4 address, or the /64 network that one IPv6 subscriber holds whole."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


class AttemptOutcome(StrEnum):
    """What became of an attempt to sign in."""

    TRYING = "trying"
    MATCHED = "matched"
    REFUSED = "refused"
    TOO_MANY = "too_many"


COUNTED_OUTCOMES = (AttemptOutcome.TRYING, AttemptOutcome.REFUSED)


def try_again_at(
    *, tenth_by_account: dt.datetime | None, hundredth_by_address: dt.datetime | None, now: dt.datetime
) -> dt.datetime | None:
    """When the next attempt is allowed; None when it is allowed now.

    ``tenth_by_account`` is the instant of the ``ACCOUNT_TRIES``-th most recent failed or unfinished attempt on this
    account, ``hundredth_by_address`` of the ``ADDRESS_TRIES``-th from this client address; None where there were fewer.
    """
    ends = []
    if tenth_by_account is not None:
        ends.append(tenth_by_account + ACCOUNT_WINDOW)
    if hundredth_by_address is not None:
        ends.append(hundredth_by_address + ADDRESS_WINDOW)
    latest = max(ends, default=now)
    return latest if latest > now else None


def tidy_email(typed: str) -> str:
    """The form in which an e-mail address is kept and compared: no blanks round it, lower case."""
    return typed.strip().lower()


LONGEST_PATH = 2000


def is_local_path(target: str) -> bool:
    """Whether an address leads to a page of ours and cannot be read as another host's: path only (trust T21)."""
    return (
        len(target) <= LONGEST_PATH
        and target.startswith("/")
        and not target.startswith("//")
        and "\\" not in target
        and target.isprintable()
    )
