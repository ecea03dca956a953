"""Identifiers that are well formed and can belong to nobody.

NHS numbers 999 000 0000 to 999 999 9999 are never issued; 999 is no local authority, so no pupil has such a number;
Ofcom keeps 01632 960000 to 960999 and 07700 900000 to 900999 for fiction; ``example`` is
no top-level domain (RFC 2606).
"""

MOST_CHILDREN = 1_000_000  # as many as the NHS numbers of the safe range have bodies
_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_SPREAD = 611_953  # prime to a million, so that neighbours get numbers that do not look alike


def nhs_number(child: int) -> str | None:
    """The NHS number of the ``child``-th child; None where the check digit would be 10, as for one in eleven."""
    body = f"999{(child * _SPREAD + 137) % MOST_CHILDREN:06d}"
    check = 11 - sum(int(digit) * (10 - place) for place, digit in enumerate(body)) % 11
    if check == 10:
        return None
    return body + ("0" if check == 11 else str(check))


def upn(child: int, entered: int) -> str:
    """The unique pupil number of the ``child``-th child, who entered school in the year ``entered``."""
    school, serial = divmod(child, 1000)
    body = f"999{school % 10_000:04d}{entered % 100:02d}{serial:03d}"
    return _UPN_LETTERS[sum((place + 2) * int(digit) for place, digit in enumerate(body)) % 23] + body


def mobile(number: int) -> str:
    """A mobile number out of fiction."""
    return f"07700 900{number % 1000:03d}"


def landline(number: int) -> str:
    """A telephone number out of fiction."""
    return f"01632 960{number % 1000:03d}"


def email(name: str, number: int) -> str:
    """An e-mail address that no server can have."""
    plain = "".join(letter for letter in name.casefold() if letter.isascii() and letter.isalnum()) or "parent"
    return f"{plain}{number % 10_000}@family.locality.example"
