"""Identifiers checked by their exact rules: NHS number, UPN, UPRN, postcode, local child id.

Each ``tidy_*`` gives the stored form of what somebody typed, or None when it cannot be one. Nothing here knows whether
the number was ever given to anybody: a well-formed number is not a traced one.
"""

import re
from collections.abc import Sequence

from locality.kernel.errors import Reason

NHS_WRONG = "Check the NHS number: its last figure does not fit the others"
UPN_WRONG = "Check the pupil number: 13 characters, of which the first does not fit the others"

# --- NHS number -----------------------------------------------------------------------------------------------------
_NHS_WEIGHTS = range(10, 1, -1)  # 10 for the first digit down to 2 for the ninth


def tidy_nhs_number(typed: str) -> str | None:
    """Ten digits with a right check digit (modulus 11, remainder 10 was never issued); None otherwise."""
    digits = re.sub(r"[\s\-]", "", typed)
    if not re.fullmatch(r"[0-9]{10}", digits):
        return None
    check = nhs_check_digit(digits[:9])
    return digits if check is not None and check == int(digits[9]) else None


def nhs_check_digit(body: str) -> int | None:
    """The tenth digit for nine others; None for a body that was never issued."""
    total = sum(weight * int(digit) for weight, digit in zip(_NHS_WEIGHTS, body, strict=True))
    check = 11 - total % 11
    if check == 10:
        return None
    return 0 if check == 11 else check


def is_test_nhs_number(number: str) -> bool:
    """Whether a number lies in the range 999 000 0000 to 999 999 9999, which is never issued to people."""
    return number.startswith("999")


# --- Unique pupil number --------------------------------------------------------------------------------------------
_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"  # 23 letters; I, O and S are never used
_UPN = re.compile(rf"[{_UPN_LETTERS}][0-9]{{11}}[0-9{_UPN_LETTERS}]")


def tidy_upn(typed: str) -> str | None:
    """Thirteen characters with a right check letter, temporary numbers included; None otherwise."""
    upn = re.sub(r"[\s\-]", "", typed).upper()
    if not _UPN.fullmatch(upn):
        return None
    return upn if upn[0] == upn_check_letter(upn[1:]) else None


def upn_check_letter(body: str) -> str:
    """The first letter for the twelve characters that follow it: weights 2 to 13, modulus 23."""
    total = sum(weight * _upn_value(character) for weight, character in enumerate(body, start=2))
    return _UPN_LETTERS[total % len(_UPN_LETTERS)]


def is_temporary_upn(upn: str) -> bool:
    """Whether a number is a temporary one: its last character is a letter."""
    return upn[-1].isalpha()


def upn_authority_is_listed(upn: str) -> bool:
    """Whether characters 2 to 4 are the code of an authority that gives out numbers (CIN rules 1530).

    Unlisted codes are a query, not an error: made-up numbers use 999 so that they can never be a real child's.
    """
    code = int(upn[1:4])
    return any(first <= code <= last for first, last in _UPN_AUTHORITIES)


def _upn_value(character: str) -> int:
    return int(character) if character.isdigit() else _UPN_LETTERS.index(character)


_UPN_AUTHORITIES = (
    (1, 5), (201, 213), (301, 320), (330, 336), (340, 344), (350, 359), (370, 373), (380, 384),
    (390, 394), (420, 420), (660, 681), (701, 708), (800, 803), (805, 808), (810, 813), (815, 816),
    (820, 823), (825, 826), (830, 831), (835, 841), (845, 846), (850, 852), (855, 857), (860, 861),
    (865, 896), (908, 909), (916, 916), (919, 919), (921, 921), (925, 926), (928, 929), (931, 931),
    (933, 933), (935, 938), (940, 941),
)  # fmt: skip

# --- Postcode -------------------------------------------------------------------------------------------------------
# Letter rules of BS 7666: the first is never Q, V or X, the second never I, J or Z; the third (A9A) and the fourth
# (AA9A) come from short lists; the inward part never has C, I, K, M, O or V.
_POSTCODE = re.compile(
    r"(GIR 0AA|(?:[A-PR-UWYZ][0-9]{1,2}|[A-PR-UWYZ][A-HK-Y][0-9]{1,2}|[A-PR-UWYZ][0-9][A-HJKPSTUW]"
    r"|[A-PR-UWYZ][A-HK-Y][0-9][ABEHMNPRVWXY]) [0-9][ABD-HJLNP-UW-Z]{2})"
)
# Written where there is no postcode; they fail the letter rules and are let in by name.
NO_FIXED_ABODE = "ZZ99 3VZ"
PSEUDO_POSTCODES = {NO_FIXED_ABODE: "No fixed abode", "ZZ99 3WZ": "Address not known"}


def tidy_postcode(typed: str) -> str | None:
    """A well-formed postcode in capitals with one space; None otherwise. Well formed does not mean in use."""
    squeezed = re.sub(r"\s", "", typed).upper()
    if not re.fullmatch(r"[A-Z0-9]{5,7}", squeezed):
        return None
    postcode = f"{squeezed[:-3]} {squeezed[-3:]}"
    if postcode in PSEUDO_POSTCODES or _POSTCODE.fullmatch(postcode):
        return postcode
    return None


def postcode_sector(postcode: str) -> str:
    """Everything but the last two letters: ``SS2 6ER`` lies in sector ``SS2 6``."""
    return postcode[:-2]


# --- Unique property reference number, local child id ---------------------------------------------------------------


def tidy_uprn(typed: str) -> str | None:
    """Up to twelve digits without leading noughts; None otherwise. There is no check digit."""
    digits = re.sub(r"\s", "", typed)
    if not re.fullmatch(r"[0-9]{1,12}", digits):
        return None
    return digits.lstrip("0") or None


def tidy_la_child_id(typed: str) -> str | None:
    """Up to twenty letters and digits (children in need census); None otherwise."""
    squeezed = typed.strip()
    return squeezed if re.fullmatch(r"[A-Za-z0-9]{1,20}", squeezed) else None


def reasons_against_identifiers(
    *, nhs_number: str | None, upn: str | None, former_upns: Sequence[str] = ()
) -> tuple[Reason, ...]:
    """What is wrong with a person's identifiers, beside the field that each belongs to."""
    reasons = []
    if nhs_number is not None and tidy_nhs_number(nhs_number) != nhs_number:
        reasons.append(Reason("nhs_number", NHS_WRONG))
    if upn is not None and tidy_upn(upn) != upn:
        reasons.append(Reason("upn", UPN_WRONG))
    if any(tidy_upn(former) != former for former in former_upns):
        reasons.append(Reason("former_upns", UPN_WRONG))
    return tuple(reasons)
