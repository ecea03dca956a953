"""What the Open Referral UK profile of HSDS 3.0 asks of one service: required fields, their kinds, and closed lists."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from typing import Any

_TERM = {"id", "name", "description"}
# Parts by their path: the fields that the profile requires of each.
_REQUIRED: Mapping[str, set[str]] = {
    "": {"id", "name", "status"},
    "schedules": {"id"},
    "service_areas": {"id"},
    "service_at_locations": {"id"},
    "service_at_locations/location": {"id", "location_type"},
    "service_at_locations/location/addresses": {
        "id", "address_1", "city", "state_province", "postal_code", "country", "address_type",
    },
    "service_at_locations/location/accessibility": {"id"},
    "languages": {"id"},
    "organization": {"id", "name", "description"},
    "cost_options": {"id"},
    "contacts": {"id"},
    "attributes": {"id"},
    "attributes/taxonomy_term": _TERM,
}  # fmt: skip
_LISTS: Mapping[str, tuple[str, ...]] = {
    "status": ("active", "inactive", "defunct", "temporarily closed"),
    "service_at_locations/location/location_type": ("physical", "postal", "virtual"),
    "service_at_locations/location/addresses/address_type": ("physical", "postal", "virtual"),
    "schedules/freq": ("WEEKLY", "MONTHLY"),
}
_NUMBERS = {"minimum_age", "maximum_age", "schedules/interval", "cost_options/amount"}
_ARRAYS = {
    "schedules", "service_areas", "service_at_locations", "languages", "cost_options", "contacts", "attributes",
    "service_at_locations/location/addresses", "service_at_locations/location/accessibility",
}  # fmt: skip


def faults(service: Mapping[str, Any]) -> list[str]:
    """Where a service does not keep to the profile, in words; nothing when it does."""
    return _faults_of(service, "")


def _faults_of(part: Mapping[str, Any], path: str) -> list[str]:
    found = [f"{path or 'service'}: {name} is missing" for name in sorted(_REQUIRED.get(path, set()) - part.keys())]
    for name, value in part.items():
        inner = f"{path}/{name}".lstrip("/")
        if inner in _ARRAYS and not isinstance(value, list):
            found.append(f"{inner}: not an array")
        for one in value if isinstance(value, list) else [value]:
            found += _faults_of(one, inner) if isinstance(one, Mapping) else _faults_in(name, one, inner)
    return found


def _faults_in(name: str, value: Any, path: str) -> list[str]:
    if path in _LISTS and value not in _LISTS[path]:
        return [f"{path}: not one of {', '.join(_LISTS[path])}"]
    if name in {"id", "service_id", "location_id", "organization_id", "taxonomy_term_id"} and not _is(uuid.UUID, value):
        return [f"{path}: not a UUID"]
    if path == "last_modified" and not _is(dt.datetime.fromisoformat, value):
        return [f"{path}: not a time"]
    if path in _NUMBERS and not isinstance(value, int | float):
        return [f"{path}: not a number"]
    return [f"{path}: empty"] if name in {"url", "email"} and not value else []


def _is(kind: Callable[[str], object], value: Any) -> bool:
    try:
        kind(value)
    except (TypeError, ValueError):
        return False
    return True
