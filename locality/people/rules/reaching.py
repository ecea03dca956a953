"""Telephone numbers and e-mail addresses: what can be one, kept as people write them. Pure."""

import re

from locality.people.rules.codes import ContactKind

_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>.]+(\.[^@\s,;<>.]+)+")
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]*")


def reason_against_value(kind: ContactKind, value: str) -> str | None:
    """Why a number or address cannot be reached, in words for the form; None when it can."""
    if kind is ContactKind.EMAIL:
        fits = len(value) <= 254 and _EMAIL.fullmatch(value) is not None
        return None if fits else "Enter an email address in the correct format, like name@example.com"
    figures = sum(character.isdigit() for character in value)
    if not _PHONE.fullmatch(value) or not 6 <= figures <= 15:
        return "Enter a telephone number, like 01702 960 001 or +44 808 157 0192"
    return None
