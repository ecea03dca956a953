"""Settings: one frozen value read from the environment; a wrong or missing setting refuses to start.

Each variable ``NAME`` may instead be given as ``NAME_FILE``, the path of a file that holds its value (for secrets).
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

_DEFAULT_AUTHORITY = "Southend demonstration"
_DEFAULT_STAGES = ("Universal", "Additional", "Targeted", "Specialist")
# Hours in which a partner answers a Red, Amber, Green and Blue contact; 0: not asked.
_DEFAULT_ENQUIRY_HOURS = (2, 6, 24, 0)
_DEFAULT_DUTY = "the number on the council's website"


class SettingsError(Exception):
    """A setting is missing or wrong; the message says which and what to do."""


class MailTls(StrEnum):
    """How the line to the mail server is kept private."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The mail server through which messages to people outside go; ``sender`` is the address that they come from."""

    host: str
    port: int
    tls: MailTls
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between installations."""

    database_url: str
    redis_url: str
    secret_key: str
    database_owner_url: str = ""
    authority_name: str = _DEFAULT_AUTHORITY
    demonstration: bool = False
    caf_label: str = "CAF"
    stage_labels: tuple[str, str, str, str] = _DEFAULT_STAGES
    place_precedence: str = "SCHOOL_CLUSTER_FIRST"
    emergency_duty_phone: str = _DEFAULT_DUTY
    front_door_phone: str = _DEFAULT_DUTY
    drafts_kept_days: int = 30
    https: bool = False
    trusted_proxies: int = 0
    lease_seconds: int = 30
    argon2_fast: bool = False
    log_level: str = "INFO"
    services_public: bool = False
    mail: MailSettings | None = None
    enquiry_hours: tuple[int, int, int, int] = _DEFAULT_ENQUIRY_HOURS
    assessment_days: int = 20
    first_meeting_days: int = 15
    first_review_weeks: int = 6
    most_review_weeks: int = 12

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read ``DATABASE_URL``, ``REDIS_URL``, ``SECRET_KEY`` and ``LOCALITY_…``; raises ``SettingsError``."""
        source = _Source(os.environ if environment is None else environment)
        settings = cls(
            database_url=_psycopg_url(source.required("DATABASE_URL")),
            redis_url=source.required("REDIS_URL"),
            secret_key=source.required("SECRET_KEY"),
            database_owner_url=_psycopg_url(source.optional("DATABASE_OWNER_URL", "")),
            authority_name=source.optional("LOCALITY_AUTHORITY_NAME", _DEFAULT_AUTHORITY),
            demonstration=source.flag("LOCALITY_DEMONSTRATION"),
            caf_label=source.optional("LOCALITY_CAF_LABEL", "CAF"),
            stage_labels=source.four("LOCALITY_STAGE_LABELS", _DEFAULT_STAGES),
            place_precedence=source.choice("LOCALITY_PLACE_PRECEDENCE", ("SCHOOL_CLUSTER_FIRST", "ADDRESS_FIRST")),
            emergency_duty_phone=source.optional("LOCALITY_EMERGENCY_DUTY_PHONE", _DEFAULT_DUTY),
            front_door_phone=source.optional("LOCALITY_FRONT_DOOR_PHONE", _DEFAULT_DUTY),
            drafts_kept_days=source.number("LOCALITY_DRAFTS_KEPT_DAYS", 30, most=365),
            https=source.flag("LOCALITY_HTTPS"),
            trusted_proxies=source.number("LOCALITY_TRUSTED_PROXIES", 0, most=5),
            lease_seconds=source.number("LOCALITY_LEASE_SECONDS", 30, least=6, most=600),
            argon2_fast=source.flag("LOCALITY_ARGON2_FAST"),
            log_level=source.choice("LOCALITY_LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR")),
            services_public=source.flag("LOCALITY_SERVICES_PUBLIC"),
            mail=_mail_settings(source),
            enquiry_hours=source.four_hours("LOCALITY_ENQUIRY_HOURS", _DEFAULT_ENQUIRY_HOURS),
            assessment_days=source.number("LOCALITY_ASSESSMENT_DAYS", 20, least=1, most=120),
            first_meeting_days=source.number("LOCALITY_FIRST_MEETING_DAYS", 15, least=1, most=120),
            first_review_weeks=source.number("LOCALITY_FIRST_REVIEW_WEEKS", 6, least=1, most=26),
            most_review_weeks=source.number("LOCALITY_REVIEW_WEEKS", 12, least=1, most=26),
        )
        source.refuse_unknown()
        settings._check()
        return settings

    def _check(self) -> None:
        if len(self.secret_key) < 32:
            raise SettingsError(
                "SECRET_KEY is too short: make one of at least 32 characters, for example with"
                " `python -c 'import secrets; print(secrets.token_hex(32))'`."
            )
        if self.argon2_fast and not self.demonstration:
            raise SettingsError("LOCALITY_ARGON2_FAST weakens passwords and is only for tests and demonstrations.")


class _Source:
    """Reads variables and remembers which were asked for, so that a misspelt one can be refused."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._known: set[str] = set()

    def optional(self, name: str, default: str) -> str:
        self._known |= {name, f"{name}_FILE"}
        path = self._environment.get(f"{name}_FILE")
        if path:
            try:
                return Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                msg = f"{name}_FILE names {path}, which cannot be read: {error.strerror}."
                raise SettingsError(msg) from error
        return self._environment.get(name, "").strip() or default

    def required(self, name: str) -> str:
        value = self.optional(name, "")
        if not value:
            msg = f"{name} is not set. `./run up` sets it by itself; real servers are named in docs/operator-guide.md."
            raise SettingsError(msg)
        return value

    def flag(self, name: str) -> bool:
        return self.choice(name, ("no", "yes")) == "yes"

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        value = self.optional(name, allowed[0])
        if value not in allowed:
            msg = f"{name} is {value!r}; it must be one of {', '.join(allowed)}."
            raise SettingsError(msg)
        return value

    def number(self, name: str, default: int, *, least: int = 0, most: int) -> int:
        value = self.optional(name, str(default))
        if not (value.isascii() and value.isdigit() and len(value) < 10 and least <= int(value) <= most):
            msg = f"{name} is {value!r}; it must be a whole number from {least} to {most}."
            raise SettingsError(msg)
        return int(value)

    def four(self, name: str, default: tuple[str, str, str, str]) -> tuple[str, str, str, str]:
        parts = tuple(part.strip() for part in self.optional(name, ",".join(default)).split(","))
        if len(parts) != 4 or not all(parts):
            msg = f"{name} must hold four labels with commas between them, lowest stage first."
            raise SettingsError(msg)
        return (parts[0], parts[1], parts[2], parts[3])

    def four_hours(self, name: str, default: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
        parts = self.optional(name, ",".join(map(str, default))).replace(" ", "").split(",")
        if len(parts) != 4 or not all(part.isascii() and part.isdigit() and int(part) <= 240 for part in parts):
            msg = f"{name} must hold four whole numbers of hours with commas between them: Red, Amber, Green, Blue."
            raise SettingsError(msg)
        return (int(parts[0]), int(parts[1]), int(parts[2]), int(parts[3]))

    def refuse_unknown(self) -> None:
        ours = {name for name in self._environment if name.startswith("LOCALITY_")}
        unknown = sorted(ours - self._known - LAUNCHER_VARIABLES)
        if unknown:
            msg = f"{', '.join(unknown)}: no such setting. Settings are listed in docs/operator-guide.md."
            raise SettingsError(msg)


def _mail_settings(source: _Source) -> MailSettings | None:
    """The mail server, or None where none is named: messages are then kept until one is."""
    host = source.optional("LOCALITY_MAIL_HOST", "")
    mail = MailSettings(
        host=host,
        port=source.number("LOCALITY_MAIL_PORT", 587, most=65_535),
        tls=MailTls(source.choice("LOCALITY_MAIL_TLS", tuple(MailTls))),
        sender=source.optional("LOCALITY_MAIL_FROM", ""),
        user=source.optional("LOCALITY_MAIL_USER", ""),
        password=source.optional("LOCALITY_MAIL_PASSWORD", ""),
    )
    if host and "@" not in mail.sender:
        raise SettingsError("LOCALITY_MAIL_FROM must be the e-mail address that messages come from.")
    return mail if host else None


# Read by the launcher and the test suite, not by the application.
LAUNCHER_VARIABLES = frozenset(
    {
        "LOCALITY_PORT",
        "LOCALITY_HOST",
        "LOCALITY_DATA",
        "LOCALITY_PG_BIN",
        "LOCALITY_VALKEY_BIN",
        "LOCALITY_WEB_WORKERS",
        "LOCALITY_WEB_THREADS",
        "LOCALITY_WORKER_PROCESSES",
        "LOCALITY_DEMO_CHILDREN",
    }
)


def _psycopg_url(url: str) -> str:
    for short in ("postgresql://", "postgres://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url.removeprefix(short)
    return url
