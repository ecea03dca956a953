"""A service in the open Human Services Data Specification, version 3.0 in the Open Referral UK profile.

What the profile has no field for goes into fields of the international specification (eligibility description, names
of languages, capacities) or into attributes of our own taxonomies. Ids of parts are made from the service's id, so
that the same fact has the same id in every export.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from locality.referrals.rules.codes import AreaKind
from locality.referrals.rules.directory import ACCESS_WORDS, DAY_WORDS, LANGUAGE_WORDS, Access, Entry
from locality.referrals.rules.needs import NEED_WORDS, words_for

VERSION: Final = "HSDS-UK-3.0"
PROFILE: Final = "https://docs.openreferraluk.org/"
_SPACE: Final = uuid.UUID("6f1d1e0a-3f4b-5d52-9f0e-5b7c3a0d8e21")
_NEEDS: Final = "Early help needs"
_STAGES: Final = "Stages of need"
_ANSWERS: Final = "Time to answer a referral"
_WAITING: Final = "Waiting list"
_STATUS: Final = {True: "active", False: "inactive"}

Part = dict[str, Any]


def document(entry: Entry) -> Part:
    """One service with all that belongs to it."""
    return brief(entry) | {
        "organization": _organization(entry),
        "service_areas": [_area(entry)],
        "service_at_locations": _locations(entry),
        "schedules": _schedules(entry),
        "languages": [_language(entry, code) for code in entry.languages],
        "cost_options": [_cost(entry)],
        "contacts": _contacts(entry),
        "phones": [{"id": _id(entry, "phone"), "service_id": str(entry.id), "number": entry.phone}]
        if entry.phone
        else [],
        "attributes": [*_attributes(entry)],
        "capacities": [_capacity(entry, one.cluster, one.free, one.places) for one in entry.room],
    }


def brief(entry: Entry) -> Part:
    """One service for a list: what has one value."""
    told = {
        "id": str(entry.id),
        "organization_id": str(entry.agency_id),
        "name": entry.name,
        "description": entry.summary or entry.name,
        "url": entry.url,
        "email": entry.email,
        "status": _STATUS[entry.is_open],
        "fees_description": entry.cost or "Free",
        "application_process": entry.how_to_refer,
        "eligibility_description": _eligibility(entry),
        "minimum_age": entry.min_age,
        "maximum_age": entry.max_age,
        "alert": _alert(entry),
        "last_modified": entry.changed_at.isoformat(),
    }
    # An empty text is no web or e-mail address: what is not known is left out.
    return {name: value for name, value in told.items() if value != ""}


def listing(contents: Sequence[Part], *, total: int, number: int, size: int) -> Part:
    """A page of a list, under the specification's header."""
    pages = -(-total // size)
    return {
        "total_items": total,
        "total_pages": pages,
        "page_number": number,
        "size": len(contents),
        "first_page": number == 1,
        "last_page": number >= pages,
        "empty": not contents,
        "contents": list(contents),
    }


def _id(entry: Entry, *parts: str) -> str:
    return str(uuid.uuid5(_SPACE, ":".join((str(entry.id), *parts))))


def _eligibility(entry: Entry) -> str:
    needed = f"Only for families with: {words_for(entry.eligible_needs)}" if entry.eligible_needs else ""
    return ". ".join(part for part in (entry.eligibility.rstrip("."), needed) if part)


def _alert(entry: Entry) -> str:
    if entry.opens_on is not None and not entry.is_open and entry.closes_on is None:
        return f"Opens on {entry.opens_on.isoformat()}"
    return "" if entry.closes_on is None else f"Closed to new referrals from {entry.closes_on.isoformat()}"


def _organization(entry: Entry) -> Part:
    return {"id": str(entry.agency_id), "name": entry.agency, "description": entry.agency}


def _area(entry: Entry) -> Part:
    words = "The whole area of the authority" if entry.area_kind is AreaKind.AUTHORITY else entry.area or ""
    return {"id": _id(entry, "area"), "service_id": str(entry.id), "name": words, "service_area": words}


def _locations(entry: Entry) -> list[Part]:
    kinds = [("physical", entry.venue or entry.address)]
    if Access.ONLINE in entry.access:
        kinds.append(("virtual", "Online"))
    return [
        {
            "id": _id(entry, "at", kind),
            "service_id": str(entry.id),
            "location_id": _id(entry, "location", kind),
            "location": _location(entry, kind, name),
        }
        for kind, name in kinds
        if name
    ]


def _location(entry: Entry, kind: str, name: str) -> Part:
    found: Part = {
        "id": _id(entry, "location", kind),
        "location_type": kind,
        "name": name,
        "accessibility": [
            {
                "id": _id(entry, "access", kind, access.value),
                "location_id": _id(entry, "location", kind),
                "description": ACCESS_WORDS[access],
                "accessibility": ACCESS_WORDS[access],
            }
            for access in entry.access
            if kind == "physical" or access in {Access.SIGN_LANGUAGE, Access.INTERPRETER, Access.EASY_READ}
        ],
    }
    if kind == "physical" and entry.address and entry.postcode:
        found["addresses"] = [_address(entry)]
    return found


def _address(entry: Entry) -> Part:
    return {
        "id": _id(entry, "address"),
        "location_id": _id(entry, "location", "physical"),
        "address_1": entry.address,
        "city": entry.town,
        "state_province": entry.town,
        "postal_code": entry.postcode,
        "country": "GB",
        "address_type": "physical",
    }


def _schedules(entry: Entry) -> list[Part]:
    if not entry.days and not entry.hours:
        return []
    days = ", ".join(DAY_WORDS[day] for day in entry.days)
    schedule: Part = {
        "id": _id(entry, "schedule"),
        "service_id": str(entry.id),
        "description": "; ".join(part for part in (days, entry.hours) if part),
    }
    if entry.days:
        schedule |= {"freq": "WEEKLY", "interval": 1, "byday": ",".join(day.value for day in entry.days)}
    if entry.opens_on is not None:
        schedule["valid_from"] = entry.opens_on.isoformat()
    if entry.closes_on is not None:
        schedule["valid_to"] = entry.closes_on.isoformat()
    return [schedule]


def _language(entry: Entry, code: str) -> Part:
    return {
        "id": _id(entry, "language", code),
        "service_id": str(entry.id),
        "name": LANGUAGE_WORDS.get(code, code),
        "code": code,
    }


def _cost(entry: Entry) -> Part:
    cost: Part = {"id": _id(entry, "cost"), "service_id": str(entry.id)}
    return cost | ({"option": entry.cost} if entry.cost else {"option": "Free", "amount": 0})


def _contacts(entry: Entry) -> list[Part]:
    if not entry.contact_name:
        return []
    contact: Part = {
        "id": _id(entry, "contact"),
        "service_id": str(entry.id),
        "name": entry.contact_name,
        "title": "Contact for professionals",
    }
    return [contact | ({"email": entry.email} if entry.email else {})]


def _attributes(entry: Entry) -> list[Part]:
    stages = [(_STAGES, str(stage), f"Stage {stage}") for stage in entry.stages]
    meets = [(_NEEDS, code, NEED_WORDS[code]) for code in entry.needs]
    days = entry.response_days
    answers = [
        (_ANSWERS, str(days), f"{days} working day" if days == 1 else f"{days} working days"),
        (_WAITING, "yes", "Keeps a waiting list") if entry.has_waiting_list else (_WAITING, "no", "No waiting list"),
    ]
    return [_attribute(entry, taxonomy, code, words) for taxonomy, code, words in (*meets, *stages, *answers)]


def _attribute(entry: Entry, taxonomy: str, code: str, words: str) -> Part:
    term = str(uuid.uuid5(_SPACE, f"{taxonomy}:{code}"))
    return {
        "id": _id(entry, "attribute", taxonomy, code),
        "link_id": str(entry.id),
        "link_entity": "service",
        "link_type": taxonomy,
        "taxonomy_term_id": term,
        "taxonomy_term": {
            "id": term,
            "code": code,
            "name": words,
            "description": words,
            "taxonomy": taxonomy,
        },
    }


def _capacity(entry: Entry, cluster: str, available: int, maximum: int) -> Part:
    unit: Mapping[str, str] = {"id": str(uuid.uuid5(_SPACE, "unit:families")), "name": "Families"}
    return {
        "id": _id(entry, "capacity", cluster),
        "service_id": str(entry.id),
        "unit": dict(unit),
        "available": available,
        "maximum": maximum,
        "description": cluster,
        "updated": entry.changed_at.isoformat(),
    }
