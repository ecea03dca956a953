"""What families would have said that they need to take part and whom they ask for, with a referral for early help.

Drawn from the referral's own id, so that every other thing that happens to the family stays as it was.
"""

from dataclasses import dataclass

from locality.demo import reference
from locality.demo.batch import EMPTY, NULL, array, or_null
from locality.demo.referral import Referral
from locality.demo.teller import Teller
from locality.demo.world import Service, Worker, fixed_id
from locality.referrals.api import FAMILY_ACCESS, language_code

NOTHING: tuple[str, ...] = ("", NULL, EMPTY, NULL, "", NULL, EMPTY)
_PART = 1 << 16


@dataclass(frozen=True, slots=True)
class Wished:
    """The columns of the referral, and what its trace says: the facts used, and the step when a wish was followed."""

    columns: tuple[str, ...] = NOTHING
    facts: tuple[tuple[str, object], ...] = ()
    step: str = ""


NOTHING_SAID = Wished()


def wish(t: Teller, referral: Referral, service: Service | None) -> Wished:
    """What the family of a referral said; nothing that ``service``, which was found for it, could not do."""
    if referral.kind != "early_help" or service is None:
        return NOTHING_SAID
    language, spoken = _language(t, referral, service)
    access = _access(referral, service)
    followed = _drawn(referral, 8) < 0.07
    worker = _worker(t, referral, service)
    unwanted = _unwanted(t, referral, service)
    asked_for = ["service"] * followed + ["worker"] * (worker is not None)
    return Wished(
        columns=(
            language,
            or_null(spoken),
            array(access),
            service.id if followed else NULL,
            worker.name if worker else "",
            worker.id if worker else NULL,
            array(unwanted),
        ),
        facts=(
            ("language", language),
            ("interpreter", True if spoken else None),
            ("access", access),
            ("asked_for", asked_for),
            ("unwanted", len(unwanted)),
        ),
        step=f"The family’s wish is followed: {service.name}" if followed else "",
    )


def _drawn(referral: Referral, at: int) -> float:
    """A share between 0 and 1 that belongs to the referral; ``at`` is the place in its id."""
    return int(referral.id.replace("-", "")[at : at + 4], 16) / _PART


def _language(t: Teller, referral: Referral, service: Service) -> tuple[str, str | None]:
    culture = t.family.culture
    code = language_code(culture.language)
    can = {code, "interpreter"} & {*_parts(service, "languages"), *_parts(service, "access")}
    if code in {"", "en"} or not can:
        return code, None
    return code, "t" if _drawn(referral, 0) < culture.interpreter else None


def _access(referral: Referral, service: Service) -> list[str]:
    offered: list[str] = [access.value for access in FAMILY_ACCESS if access.value in _parts(service, "access")]
    share = _drawn(referral, 4)
    return offered[: 1 + (share < 0.02)] if offered and share < 0.09 else []


def _worker(t: Teller, referral: Referral, service: Service) -> Worker | None:
    share, known = _drawn(referral, 12), t.world.answering[service.name]
    return known[int(share * 1000) % len(known)] if share < 0.03 else None


def _unwanted(t: Teller, referral: Referral, service: Service) -> list[str]:
    others = sorted({other.agency for other in t.world.services.values()} - {service.agency})
    share = _drawn(referral, 16)
    return [fixed_id("agency", others[int(share * 1000) % len(others)])] if share < 0.02 else []


def _parts(service: Service, column: str) -> tuple[str, ...]:
    return reference.parts(service.row[column])
