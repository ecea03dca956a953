"""What may be somebody's password. Pure."""

import datetime as dt
import re

from locality.kernel.errors import Reason

# Length and a list of known bad ones, no composition rules and no forced change: OWASP ASVS 5.0 6.2.1, 6.2.4, 6.2.5,
# and the NCSC's password guidance. The upper limit only keeps hashing time bounded.
PASSWORD_MIN = 12
PASSWORD_MAX = 128
FIRST_PASSWORD_LASTS = dt.timedelta(days=3)  # ASVS 6.4.1: a password that somebody else has seen is short-lived

_COMMON_PASSWORDS = frozenset(
    {
        "123456789012",
        "1234567890123",
        "12345678901234",
        "123412341234",
        "123123123123",
        "1q2w3e4r5t6y",
        "1qaz2wsx3edc",
        "abcdefghijkl",
        "administrator",
        "changemenow1",
        "correcthorsebatterystaple",
        "football1234",
        "iloveyou1234",
        "iloveyouiloveyou",
        "letmeinplease",
        "liverpoolfc1",
        "manchesterunited",
        "password1234",
        "password12345",
        "passwordpassword",
        "qazwsxedcrfv",
        "qwerty123456",
        "qwerty12345678",
        "qwertyqwerty",
        "qwertyuiop12",
        "qwertyuiop123",
        "qwertyuiopasdfgh",
        "tottenhamhotspur",
        "trustno1trustno1",
        "zaq12wsxcde3",
    }
)
# A password that is one of these with digits or punctuation round it is the same guess.
_COMMON_STEMS = frozenset(
    {
        "administrator",
        "changeme",
        "childrensservices",
        "council",
        "earlyhelp",
        "essex",
        "letmein",
        "locality",
        "password",
        "qwerty",
        "qwertyuiop",
        "safeguarding",
        "socialcare",
        "southend",
        "southendonsea",
        "welcome",
    }
)
_FEW_CHARACTERS = 4
_NAME_PART_MIN = 4
_BESIDE_A_NAME = 8


def reasons_against_password(password: str, *, email: str, name: str, field: str = "password") -> tuple[Reason, ...]:
    """Why this may not be somebody's password; empty when it may. At most one reason, the first to put right."""
    if len(password) < PASSWORD_MIN:
        return (Reason(field, f"Password must be {PASSWORD_MIN} characters or more"),)
    if len(password) > PASSWORD_MAX:
        return (Reason(field, f"Password must be {PASSWORD_MAX} characters or fewer"),)
    if _is_easily_guessed(password):
        return (Reason(field, "Choose a password that is harder to guess. Three random words work well"),)
    if _is_about_the_person(password, email=email, name=name):
        return (Reason(field, "Password must not contain your name or email address"),)
    return ()


def _is_easily_guessed(password: str) -> bool:
    low = password.casefold()
    stem = re.sub(r"[^a-z]", "", low)
    return low in _COMMON_PASSWORDS or stem in _COMMON_STEMS or len(set(low)) < _FEW_CHARACTERS


def _is_about_the_person(password: str, *, email: str, name: str) -> bool:
    # A long password that happens to contain a name is still long; what counts is what stands beside the name.
    low = password.casefold()
    parts = [email.casefold().partition("@")[0], *re.split(r"[\s\-]+", name.casefold())]
    rest = low
    for part in parts:
        if len(part) >= _NAME_PART_MIN:
            rest = rest.replace(part, "")
    return rest != low and len(rest) < _BESIDE_A_NAME
