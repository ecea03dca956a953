"""What an entry of the directory of services may say, when a service is open, and what differs between two entries."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from locality.kernel.errors import Reason
from locality.referrals.rules import needs
from locality.referrals.rules.codes import AreaKind, ReferralKind
from locality.referrals.rules.facts import Room

MOST_PLACES = 10_000
OLDEST = 25  # services for special educational needs and disabilities reach that age
MOST_DAYS = 30
# From so many acceptances in half a year on, the middle one says how long a family usually waits.
ENOUGH_TO_TELL = 5
DEMAND_OVER = dt.timedelta(days=183)


class Day(StrEnum):
    """A day of the week, as RFC 5545 writes it."""

    MONDAY = "MO"
    TUESDAY = "TU"
    WEDNESDAY = "WE"
    THURSDAY = "TH"
    FRIDAY = "FR"
    SATURDAY = "SA"
    SUNDAY = "SU"


DAY_WORDS: Mapping[Day, str] = {day: day.name.capitalize() for day in Day}


class Access(StrEnum):
    """What makes a service possible to use for families who could not otherwise."""

    STEP_FREE = "step_free"
    ACCESSIBLE_TOILET = "accessible_toilet"
    HEARING_LOOP = "hearing_loop"
    SIGN_LANGUAGE = "sign_language"
    INTERPRETER = "interpreter"
    EASY_READ = "easy_read"
    QUIET_ROOM = "quiet_room"
    CRECHE = "creche"
    TRANSPORT = "transport"
    HOME_VISITS = "home_visits"
    ONLINE = "online"
    TELEPHONE = "telephone"


ACCESS_WORDS: Mapping[Access, str] = {
    Access.STEP_FREE: "Step-free",
    Access.ACCESSIBLE_TOILET: "Accessible toilet",
    Access.HEARING_LOOP: "Hearing loop",
    Access.SIGN_LANGUAGE: "British Sign Language",
    Access.INTERPRETER: "Interpreter on request",
    Access.EASY_READ: "Easy-read papers",
    Access.QUIET_ROOM: "Quiet room",
    Access.CRECHE: "Crèche",
    Access.TRANSPORT: "Help with travel",
    Access.HOME_VISITS: "Visits at home",
    Access.ONLINE: "Online",
    Access.TELEPHONE: "By telephone",
}

# ISO 639 codes of what workers speak with families, in the order of their names.
LANGUAGE_WORDS: Mapping[str, str] = {
    "sq": "Albanian", "ar": "Arabic", "bn": "Bengali", "bfi": "British Sign Language", "bg": "Bulgarian",
    "zh": "Chinese", "cs": "Czech", "prs": "Dari", "en": "English", "fr": "French", "de": "German", "el": "Greek",
    "gu": "Gujarati", "hi": "Hindi", "hu": "Hungarian", "it": "Italian", "ku": "Kurdish", "lv": "Latvian",
    "lt": "Lithuanian", "ml": "Malayalam", "ne": "Nepali", "ps": "Pashto", "fa": "Persian", "pl": "Polish",
    "pt": "Portuguese", "pa": "Punjabi", "ro": "Romanian", "rom": "Romani", "ru": "Russian", "sn": "Shona",
    "sk": "Slovak", "so": "Somali", "es": "Spanish", "tl": "Tagalog", "ta": "Tamil", "ti": "Tigrinya", "tr": "Turkish",
    "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "yo": "Yoruba",
}  # fmt: skip


class Standing(StrEnum):
    """Whether a service takes referrals, and whether that will change."""

    OPEN = "open"
    NOT_YET = "not_yet"
    CLOSING = "closing"
    CLOSED = "closed"


def is_open(opens_on: dt.date | None, closes_on: dt.date | None, today: dt.date) -> bool:
    """Whether a service takes referrals on a day: from its first day on, before the day that it closes."""
    return (opens_on is None or opens_on <= today) and (closes_on is None or today < closes_on)


def standing(opens_on: dt.date | None, closes_on: dt.date | None, today: dt.date) -> Standing:
    """Where a service stands on a day."""
    if closes_on is not None and closes_on <= today:
        return Standing.CLOSED
    if opens_on is not None and today < opens_on:
        return Standing.NOT_YET
    return Standing.OPEN if closes_on is None else Standing.CLOSING


@dataclass(frozen=True, slots=True)
class PlacesIn(Room):
    """Places of a service in one named cluster."""

    cluster_id: uuid.UUID
    cluster: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A service as the directory shows it. Ages in whole years, both included; ``closes_on``: the first day closed."""

    id: uuid.UUID
    version: int
    name: str
    kind: ReferralKind
    agency_id: uuid.UUID
    agency: str
    team: str | None
    summary: str
    eligibility: str
    needs: tuple[str, ...]
    min_age: int
    max_age: int
    takes_unborn: bool
    stages: tuple[int, ...]
    area_kind: AreaKind
    area: str | None
    has_waiting_list: bool
    is_open: bool
    response_days: int
    languages: tuple[str, ...]
    days: tuple[Day, ...]
    access: tuple[Access, ...]
    hours: str
    venue: str
    address: str
    town: str
    postcode: str
    cost: str
    how_to_refer: str
    contact_name: str
    phone: str
    email: str
    url: str
    opens_on: dt.date | None
    closes_on: dt.date | None
    changed_at: dt.datetime
    room: tuple[PlacesIn, ...] = ()
    waiting: int = 0
    live: int = 0
    accepted: int = 0
    usual_days: float | None = None
    eligible_needs: tuple[str, ...] = ()

    @property
    def free(self) -> int | None:
        """Places left in all clusters; None where the service counts none."""
        return sum(one.free for one in self.room) if self.room else None

    @property
    def usual_wait(self) -> int | None:
        """Days from offer to acceptance in the middle of half a year's; None where there were too few to tell."""
        if self.usual_days is None or self.accepted < ENOUGH_TO_TELL:
            return None
        return round(self.usual_days)


# What an edition keeps, in the order in which a page tells what changed.
FIELD_WORDS: Mapping[str, str] = {
    "name": "Name",
    "agency_id": "Agency",
    "team_id": "Team",
    "summary": "What it offers",
    "needs": "Needs",
    "min_age": "Youngest age",
    "max_age": "Oldest age",
    "takes_unborn": "Unborn babies",
    "stages": "Stages",
    "area_kind": "Area",
    "area_id": "Place",
    "eligibility": "Who can use it",
    "eligible_needs": "Only for families with",
    "languages": "Languages",
    "days": "Days",
    "hours": "Hours",
    "access": "Access",
    "venue": "Where",
    "address": "Address",
    "town": "Town",
    "postcode": "Postcode",
    "cost": "Cost",
    "how_to_refer": "How to refer",
    "contact_name": "Contact for professionals",
    "phone": "Telephone",
    "email": "Email address",
    "url": "Web page",
    "has_waiting_list": "Waiting list",
    "response_days": "Working days to answer",
    "opens_on": "Opens on",
    "closes_on": "Closes on",
}


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields in which two contents differ, in the order of ``FIELD_WORDS``."""
    return tuple(field for field in FIELD_WORDS if before.get(field) != after.get(field))


def reasons_against(entry: Mapping[str, Any]) -> tuple[Reason, ...]:
    """What is wrong with an entry's content, each beside its field; nothing when it may stand."""
    opens_on, closes_on = entry["opens_on"], entry["closes_on"]
    checks = (
        (bool(entry["name"].strip()), "name", "Enter the name of the service"),
        (0 <= entry["min_age"] <= entry["max_age"], "max_age", "The upper age must not be below the lower one"),
        (not needs.unknown_needs(entry["needs"]), "needs", "Select needs from the list"),
        (not needs.unknown_needs(entry["eligible_needs"]), "eligible_needs", "Select needs from the list"),
        (set(entry["stages"]) <= {1, 2, 3, 4}, "stages", "Select stages from 1 to 4"),
        ((entry["area_kind"] is AreaKind.AUTHORITY) == (entry["area_id"] is None), "area_id", "Select the area"),
        (entry["response_days"] >= 1, "response_days", "A service needs at least 1 working day to answer"),
        (set(entry["languages"]) <= set(LANGUAGE_WORDS), "languages", "Select languages from the list"),
        (set(entry["days"]) <= set(Day), "days", "Select days from the list"),
        (set(entry["access"]) <= set(Access), "access", "Select from the list"),
        (is_web_address(entry["url"]), "url", "Enter a web address that begins with https:// or http://"),
        (
            opens_on is None or closes_on is None or closes_on > opens_on,
            "opens_on",
            "A service must open before the day that it closes",
        ),
    )
    return tuple(Reason(field, message) for fine, field, message in checks if not fine)


def is_web_address(typed: str) -> bool:
    """Whether a text is nothing, or the address of a page; a script is none."""
    begins = typed.lower().startswith(("https://", "http://"))
    return not typed or (begins and not any(sign.isspace() for sign in typed) and "." in typed)


def reasons_against_places(places: int, from_on: dt.date, today: dt.date) -> tuple[Reason, ...]:
    """Why places cannot be set from a day on; what was is not rewritten."""
    checks = (
        (0 <= places <= MOST_PLACES, "places", f"The number of places must be between 0 and {MOST_PLACES:,}"),
        (from_on >= today, "from_on", "Enter today or a later day: past periods stay as they were"),
    )
    return tuple(Reason(field, message) for fine, field, message in checks if not fine)
