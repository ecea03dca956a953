"""What is known already of a family's language, access and wishes, so that no form asks it again."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy.orm import Session

from locality.kernel import direct
from locality.kernel.ids import AgencyId, ServiceId
from locality.people import api as people
from locality.referrals.rules import wishes
from locality.referrals.rules.directory import Access
from locality.referrals.rules.wishes import NO_WISHES, Wishes
from locality.web import formats


@dataclass(frozen=True, slots=True)
class KnownWishes:
    """What is known, and who told it: for the language, the interpreter, access and wishes; "" where nobody did.

    ``arrangements`` are the family's words on what makes it easier to take part, with who told them.
    """

    wishes: Wishes = NO_WISHES
    language_source: str = ""
    interpreter_source: str = ""
    wishes_source: str = ""
    arrangements: str = ""


@dataclass(frozen=True, slots=True)
class WishChoices:
    """Services with their agencies, and agencies, that a family can ask for or not want; both by name."""

    services: tuple[tuple[ServiceId, str, AgencyId, str], ...]
    agencies: tuple[tuple[AgencyId, str], ...]


@dataclass(frozen=True, slots=True)
class HubLine:
    """Something that the hub was told of a child."""

    note: str
    told_by: str
    written_at: dt.datetime


@dataclass(frozen=True, slots=True)
class WishQuestions:
    """Everything that a form needs to ask about wishes: what can be chosen, and what is known.

    ``notes`` are what partners told the hub of the child in a contact that is being decided: read with the rest,
    because each page may ask the database few times only.
    """

    choices: WishChoices
    known: KnownWishes
    notes: tuple[HubLine, ...] = ()


_SERVICES: Final = """
    SELECT json_agg(json_build_array(s.id, s.name, a.id, a.name) ORDER BY s.name)
    FROM service s JOIN agency a ON a.id = s.agency_id WHERE s.is_open AND s.kind = 'early_help'
"""
_QUESTIONS: Final = f"""
    SELECT p.first_language, p.interpreter_needed AS interpreter_on_record, last.*, ({_SERVICES}) AS services,
           (SELECT json_agg(json_build_array(a.id, a.name) ORDER BY a.name) FROM agency a
            WHERE EXISTS (SELECT 1 FROM service s WHERE s.agency_id = a.id AND s.kind = 'early_help')) AS agencies,
           (SELECT json_agg(json_build_array(f.topic, f.words, f.teller, f.told_on) ORDER BY f.told_on, f.recorded_at)
            FROM told_fact f
            WHERE f.topic IN ('first_language', 'interpreter', 'arrangements') AND f.state IN ('current', 'confirmed')
              AND f.person_id IN (SELECT p.id UNION ALL SELECT o.person_id FROM linked_person l
                                  JOIN linked_person o ON o.lead_id = l.lead_id WHERE l.person_id = p.id)) AS told,
           (SELECT json_agg(json_build_array(h.note, h.told_by, h.written_at) ORDER BY h.written_at DESC, h.id)
            FROM hub_note h WHERE h.contact_id = %(contact_id)s AND h.person_id = p.id) AS notes
    FROM person p LEFT JOIN LATERAL (
      SELECT r.reference, r.sent_at, r.language, r.interpreter_needed, r.access_needs, r.preferred_service_id,
             r.preferred_agency_id, r.preferred_worker, r.unwanted_agencies
      FROM referral_child c JOIN referral r ON r.id = c.referral_id
      WHERE c.person_id = p.id AND r.kind = 'early_help' AND r.sent_at IS NOT NULL
      ORDER BY r.sent_at DESC LIMIT 1) last ON true
    WHERE p.id = %(person_id)s
"""  # noqa: S608 - constants, no input


def ask_wishes(session: Session, person_id: uuid.UUID, *, contact_id: uuid.UUID | None = None) -> WishQuestions:
    """What to ask about a child, as far as the actor may read what is known; one statement.

    What the last referral said counts; else what was told in the family's story; else what stands in the details.
    """
    row = direct.one_or_none(session, _QUESTIONS, {"person_id": person_id, "contact_id": contact_id})
    if row is None:
        return WishQuestions(WishChoices((), ()), KnownWishes())
    services = tuple((_service(one), name, _agency(by), agency) for one, name, by, agency in row.services or ())
    agencies = tuple((_agency(one), name) for one, name in row.agencies or ())
    # In the order in which they were told: the newest line of a topic stays.
    told = {topic: _Told(words, teller, dt.date.fromisoformat(on)) for topic, words, teller, on in row.told or ()}
    notes = (HubLine(note, told_by, dt.datetime.fromisoformat(at)) for note, told_by, at in row.notes or ())
    return WishQuestions(WishChoices(services, agencies), _known(row, told), tuple(notes))


@dataclass(frozen=True, slots=True)
class _Told:
    words: str
    teller: str
    on: dt.date

    @property
    def said(self) -> str:
        by = f" by {self.teller}" if self.teller else ""
        return f"Told{by} on {formats.day(self.on)}: {self.words}"


def _service(stored: str) -> ServiceId:
    return ServiceId(uuid.UUID(stored))


def _agency(stored: str) -> AgencyId:
    return AgencyId(uuid.UUID(stored))


def _known(row: Any, told: Mapping[str, _Told]) -> KnownWishes:
    before = NO_WISHES if row.reference is None else _of_referral(row)
    source = "" if row.reference is None else f"From referral {row.reference} of {formats.day(row.sent_at)}"
    language, language_source = _told_language(row, told.get(people.Topic.FIRST_LANGUAGE))
    interpreter, interpreter_source = _told_interpreter(row, told.get(people.Topic.INTERPRETER))
    arranged = told.get(people.Topic.ARRANGEMENTS)
    return KnownWishes(
        wishes=replace(
            before,
            language=before.language or language,
            interpreter=interpreter if before.interpreter is None else before.interpreter,
        ),
        language_source=source if before.language else language_source,
        interpreter_source=interpreter_source if before.interpreter is None else source,
        wishes_source=source,
        arrangements=arranged.said if arranged else "",
    )


def _told_language(row: Any, line: _Told | None) -> tuple[str, str]:
    if line is not None:
        return wishes.language_code(line.words), line.said
    words = row.first_language
    return wishes.language_code(words), f"On record in the details: {words}" if words else ""


def _told_interpreter(row: Any, line: _Told | None) -> tuple[bool | None, str]:
    """Yes or no where the story says it in the product's own words; anything else a worker reads for themselves."""
    if line is not None:
        answers = (answer for answer, said in people.INTERPRETER_WORDS.items() if said == line.words)
        return next(answers, None), line.said
    words = people.INTERPRETER_WORDS[row.interpreter_on_record]
    return row.interpreter_on_record, f"On record in the details: {words}" if words else ""


def _of_referral(row: Any) -> Wishes:
    return Wishes(
        language=row.language,
        interpreter=row.interpreter_needed,
        access=tuple(access for access in Access if access in row.access_needs),
        service=row.preferred_service_id,
        agency=row.preferred_agency_id,
        worker=row.preferred_worker,
        unwanted=tuple(row.unwanted_agencies),
    )


def agencies_of_services(session: Session) -> dict[uuid.UUID, uuid.UUID]:
    """The agency of each open service for early help."""
    rows = direct.rows(session, "SELECT id, agency_id FROM service WHERE is_open AND kind = 'early_help'")
    return {row.id: row.agency_id for row in rows}


_WORKER: Final = """
    SELECT w.account_id FROM worker w JOIN account a ON a.id = w.account_id
    WHERE lower(a.name) = lower(%(name)s) AND a.active LIMIT 2
"""


def find_worker(session: Session, name: str) -> uuid.UUID | None:
    """The one worker of this name; None when there is none, or more than one."""
    rows = direct.rows(session, _WORKER, {"name": " ".join(name.split())}) if name.strip() else []
    return rows[0].account_id if len(rows) == 1 else None


@dataclass(frozen=True, slots=True)
class WishView:
    """What a referral says of language, access and wishes, in words; an empty text where it says nothing."""

    language: str
    access: str
    asked_for: str
    unwanted: str


_VIEW: Final = """
    SELECT r.language, r.interpreter_needed, r.access_needs, s.name AS service, a.name AS agency, r.preferred_worker,
           (SELECT string_agg(u.name, ', ' ORDER BY u.name) FROM agency u
            WHERE u.id = ANY(r.unwanted_agencies)) AS unwanted
    FROM referral r LEFT JOIN service s ON s.id = r.preferred_service_id
    LEFT JOIN agency a ON a.id = r.preferred_agency_id
    WHERE r.id = %(referral_id)s
"""


def view_wishes(session: Session, referral_id: uuid.UUID) -> WishView:
    """The wishes of a referral for its page; one statement."""
    row = direct.one_or_none(session, _VIEW, {"referral_id": referral_id})
    if row is None:
        return WishView("", "", "", "")
    return WishView(
        language=wishes.language_words(row.language, interpreter=row.interpreter_needed),
        access=wishes.access_words(row.access_needs).capitalize(),
        asked_for=", ".join(name for name in (row.service, row.agency, row.preferred_worker) if name),
        unwanted=row.unwanted or "",
    )
