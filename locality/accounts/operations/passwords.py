"""Hashing passwords with Argon2id. Slow on purpose, so never inside a transaction: hash, then open the unit of work."""

import secrets
from functools import lru_cache
from typing import NewType

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

PasswordHash = NewType("PasswordHash", str)

# No look-alike characters: an administrator reads it out over the telephone.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS = 4
_GROUP_LENGTH = 4


def hash_password(password: str, *, fast: bool = False) -> PasswordHash:
    """The hash under which a password is kept. ``fast`` (``Settings.argon2_fast``) is for tests and demonstrations."""
    return PasswordHash(_hasher(fast).hash(password))


def password_matches(password_hash: str | None, password: str, *, fast: bool = False) -> bool:
    """Whether a password is the one that was hashed; takes as long to say no when there is nothing to match."""
    known = password_hash or _nobodys_hash(fast)
    try:
        _hasher(fast).verify(known, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def needs_new_hash(password_hash: str, *, fast: bool = False) -> bool:
    """Whether a hash was made with other parameters than those of today."""
    return _hasher(fast).check_needs_rehash(password_hash)


def first_password() -> str:
    """A new first password, such as "k7fm-2qpx-9dtr-w4ha": 79 random bits in groups that can be read out."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS))
    return "-".join(groups)


@lru_cache(maxsize=2)
def _hasher(fast: bool) -> PasswordHasher:  # noqa: FBT001 - a cache key
    if fast:
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


@lru_cache(maxsize=2)
def _nobodys_hash(fast: bool) -> str:  # noqa: FBT001 - a cache key
    return _hasher(fast).hash(secrets.token_urlsafe(32))
