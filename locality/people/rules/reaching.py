"""Telephone numbers and e-mail addresses: what can be one, kept as people write them. Pure."""

import re

from locality.people.rules.codes import ContactKind

_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>.]+(\.[^@\s,;<>.]+)+")
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]*")
_FEWEST_FIGURES = 6


def reason_against_value(kind: ContactKind, value: str) -> str | None:
    """Why a number or address cannot be reached, in words for the form; None when it can."""
    if kind is ContactKind.EMAIL:
        fits = len(value) <= 254 and _EMAIL.fullmatch(value) is not None
        return None if fits else "Enter an email address in the correct format, like name@example.com"
    figures = sum(character.isdigit() for character in value)
    if not _PHONE.fullmatch(value) or not _FEWEST_FIGURES <= figures <= 15:
        return "Enter a telephone number, like 01702 960 001 or +44 808 157 0192"
    return None


def reason_against_told_phone(typed: str) -> str | None:
    """Why nobody can ring what somebody typed as their number, in words for the form; None when somebody can.

    It is for a person to read, so an extension, a second number or "after six" may stand beside the figures.
    """
    figures = sum(character.isdigit() for character in typed)
    return None if figures >= _FEWEST_FIGURES else "Enter a phone number, like 01702 960 001"
