"""Identifiers: opaque ids for machines, short references for people to say aloud.

An id is 122 random bits and carries no meaning; it stands in URLs and is never shown as text. A reference such as
``EH-7K3M-42P`` is for the telephone: no look-alike letters, and a check character that catches every single wrong
character and every swap of two neighbours.
"""

import re
import uuid
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:  # rules, which are pure, import this module
    from sqlalchemy.orm import Session

PersonId = NewType("PersonId", uuid.UUID)
FamilyId = NewType("FamilyId", uuid.UUID)
HouseholdId = NewType("HouseholdId", uuid.UUID)
AccountId = NewType("AccountId", uuid.UUID)
LocalityId = NewType("LocalityId", uuid.UUID)
ClusterId = NewType("ClusterId", uuid.UUID)
SchoolId = NewType("SchoolId", uuid.UUID)
AgencyId = NewType("AgencyId", uuid.UUID)
TeamId = NewType("TeamId", uuid.UUID)
ServiceId = NewType("ServiceId", uuid.UUID)
ContactId = NewType("ContactId", uuid.UUID)
ContactChildId = NewType("ContactChildId", uuid.UUID)
ReferralId = NewType("ReferralId", uuid.UUID)
OfferId = NewType("OfferId", uuid.UUID)
EpisodeId = NewType("EpisodeId", uuid.UUID)
AssessmentId = NewType("AssessmentId", uuid.UUID)
PlanActionId = NewType("PlanActionId", uuid.UUID)
ReviewId = NewType("ReviewId", uuid.UUID)
VoiceEntryId = NewType("VoiceEntryId", uuid.UUID)
StageMoveId = NewType("StageMoveId", uuid.UUID)
AgreementId = NewType("AgreementId", uuid.UUID)
GrantId = NewType("GrantId", uuid.UUID)
MessageId = NewType("MessageId", uuid.UUID)

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXY"  # 29 characters, a prime: no 0/O, 1/I/L, U/V pair, Z/2 pair
_BASE = len(_ALPHABET)
_BODY = 6
REFERENCE_SPACE = _BASE**_BODY
# Multiplying by a number prime to the space spreads neighbours apart, so that references do not count records aloud.
_SPREAD = 412_345_679
_OFFSET = 123_456_789
_REFERENCE = re.compile(r"^([A-Z]{2})([2-9A-HJKMNP-TVWXY]{7})$")


def new_id() -> uuid.UUID:
    """A new random id (UUID version 4)."""
    return uuid.uuid4()


def encode_reference(prefix: str, number: int) -> str:
    """The reference of the ``number``-th record: two letters, six characters, one check character.

    Different numbers below ``REFERENCE_SPACE`` (594,823,321) always give different references. Raises ``ValueError``
    beyond that.
    """
    if not 0 <= number < REFERENCE_SPACE:
        msg = f"reference numbers run from 0 to {REFERENCE_SPACE - 1}"
        raise ValueError(msg)
    spread = (number * _SPREAD + _OFFSET) % REFERENCE_SPACE
    digits = []
    for _ in range(_BODY):
        spread, digit = divmod(spread, _BASE)
        digits.append(digit)
    body = "".join(_ALPHABET[d] for d in digits)
    return f"{prefix}-{body[:4]}-{body[4:]}{_check_character(body)}"


def find_reference(typed: str) -> str | None:
    """The reference that somebody meant, in its written form; None when it is not one.

    Case, spaces and hyphens do not matter; a wrong check character does.
    """
    squeezed = re.sub(r"[\s\-‐-―]+", "", typed).upper()
    match = _REFERENCE.match(squeezed)
    if match is None:
        return None
    prefix, rest = match.groups()
    if _check_character(rest[:_BODY]) != rest[_BODY]:
        return None
    return f"{prefix}-{rest[:4]}-{rest[4:]}"


def next_reference(session: "Session", prefix: str) -> str:
    """A reference that no other record has; takes the next number of the database's sequence."""
    number = session.connection().exec_driver_sql("SELECT nextval('reference_number')").scalar_one()
    return encode_reference(prefix, int(number))


def _check_character(body: str) -> str:
    # Weights 1..6 are distinct and non-zero modulo the prime 29: the ISBN-10 argument for single errors and swaps.
    total = sum((place + 1) * _ALPHABET.index(character) for place, character in enumerate(body))
    return _ALPHABET[total % _BASE]
