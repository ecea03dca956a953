"""Reading all that a paper may say: people, where they live, who helps, the assessment and the plan.

Row-level security leaves out what the actor may not see, so that a paper never says more than its giver knows. Only the
texts that must not be said are looked for beyond that: a hidden address in somebody's free words is taken out unseen.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import String, literal, or_, select, type_coerce, union_all
from sqlalchemy.orm import Session

from locality.caf.models import Episode, EpisodeChild, PaperBatch, PaperCopy
from locality.caf.queries.plan import ActionRow, list_actions
from locality.caf.queries.reading import Document, read_document
from locality.caf.queries.sections import AssessmentRow
from locality.caf.queries.team import RoleRow, list_roles
from locality.caf.rules.papers import PaperKind, Place, RecipientKind
from locality.caf.rules.sections import SectionCode
from locality.caf.rules.words import VoiceReaders
from locality.clusters.models import Enrolment, School
from locality.kernel import direct
from locality.kernel.db import JsonObject
from locality.kernel.errors import NotFound
from locality.kernel.ids import EpisodeId, FamilyId, PersonId, VoiceEntryId
from locality.people import api as people
from locality.people.models import FamilyMember, ParentalResponsibility, Person, Relationship
from locality.referrals.models import ContactChild, ContactReferrer

_RAISING = (
    people.RelationKind.MOTHER, people.RelationKind.FATHER, people.RelationKind.PARENT, people.RelationKind.STEP_PARENT,
    people.RelationKind.GRANDPARENT, people.RelationKind.FOSTER_CARER, people.RelationKind.SPECIAL_GUARDIAN,
    people.RelationKind.CARER,
)  # fmt: skip


_OF_A_FAMILY: Final = (
    "ARRAY(SELECT m.person_id FROM family_member m JOIN episode e ON e.family_id = m.family_id"
    " WHERE e.id = %(episode)s)"
)


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Who somebody of the family is, as a paper says it."""

    id: PersonId
    kind: people.PersonKind
    name: str
    called: str
    reference: str
    also_known_as: str
    sex: str
    born_on: dt.date | None
    due_on: dt.date | None
    ethnicity: str
    religion: str
    first_language: str
    interpreter_needed: bool | None
    disabilities: tuple[str, ...]
    nhs_number: str | None
    school: str | None


@dataclass(frozen=True, slots=True)
class Tie:
    """An adult who brings up a child, and what they are to each other; ``has_responsibility`` in law."""

    adult_id: PersonId
    child_id: PersonId
    words: str
    has_responsibility: bool


@dataclass(frozen=True, slots=True)
class Around:
    """The people of a family: who they are, who brings up whom, and where they can be found."""

    people: Mapping[PersonId, PersonFacts]
    ties: tuple[Tie, ...]
    places: tuple[Place, ...]

    def children_of(self, adult_id: PersonId) -> frozenset[PersonId]:
        """The children whom somebody brings up, with or without parental responsibility."""
        return frozenset(tie.child_id for tie in self.ties if tie.adult_id == adult_id)


@dataclass(frozen=True, slots=True)
class Contents:
    """All that papers of an episode are made from, as far as the actor may see it."""

    around: Around
    team: tuple[RoleRow, ...]
    caf: AssessmentRow | None
    document: Document | None
    sections: Mapping[tuple[SectionCode, PersonId | None], Mapping[str, str]]
    actions: tuple[ActionRow, ...]


def read_contents(
    session: Session, episode_id: EpisodeId, family_id: FamilyId, *, caf: AssessmentRow | None
) -> Contents:
    """Everything for a paper; some ten statements, however large the family."""
    document = None if caf is None else read_document(session, caf)
    return Contents(
        around=read_around(session, family_id),
        team=tuple(role for role in list_roles(session, episode_id) if role.is_open),
        caf=caf,
        document=document,
        sections={} if document is None else document.words,
        actions=list_actions(session, episode_id),
    )


def read_around(session: Session, family_id: FamilyId) -> Around:
    """The people of a family now; three statements."""
    found = _people(session, family_id)
    return Around(found, _ties(session, found), list_places(session, found))


def _people(session: Session, family_id: FamilyId) -> dict[PersonId, PersonFacts]:
    rows = session.execute(
        select(Person, School.name)
        .join(FamilyMember, FamilyMember.person_id == Person.id)
        .outerjoin(Enrolment, (Enrolment.person_id == Person.id) & Enrolment.until_on.is_(None))
        .outerjoin(School, School.id == Enrolment.school_id)
        .where(FamilyMember.family_id == family_id, FamilyMember.until_on.is_(None))
        .order_by(Person.kind, Person.born_on.nulls_last(), Person.due_on, Person.id)
    )
    return {PersonId(person.id): _person(person, school) for person, school in rows}


def _person(row: Person, school: str | None) -> PersonFacts:
    name = people.display_name(row.given_name, row.family_name, unborn=row.due_on is not None)
    others = [one for one in (row.known_as, *row.previous_names) if one and one != row.given_name]
    return PersonFacts(
        id=PersonId(row.id),
        kind=row.kind,
        name=name,
        called=row.known_as or row.given_name or name,
        reference=row.reference,
        also_known_as=", ".join(others),
        sex=people.SEXES[row.sex],
        born_on=row.born_on,
        due_on=row.due_on,
        ethnicity=people.ETHNICITIES[row.ethnicity],
        religion=row.religion,
        first_language=row.first_language,
        interpreter_needed=row.interpreter_needed,
        disabilities=tuple(people.DISABILITIES[people.Disability(code)] for code in row.disabilities),
        nhs_number=row.nhs_number,
        school=school,
    )


def _ties(session: Session, found: Iterable[PersonId]) -> tuple[Tie, ...]:
    ids = list(found)
    holding = select(
        ParentalResponsibility.adult_id, ParentalResponsibility.child_id, literal(None, String).label("kind")
    ).where(ParentalResponsibility.child_id.in_(ids), ParentalResponsibility.until_on.is_(None))
    bringing_up = select(Relationship.person_id, Relationship.other_id, type_coerce(Relationship.kind, String)).where(
        Relationship.other_id.in_(ids), Relationship.kind.in_(_RAISING), Relationship.until_on.is_(None)
    )
    rows = session.execute(union_all(holding, bringing_up)).all()
    responsible = {(row.adult_id, row.child_id) for row in rows if row.kind is None}
    words = {
        (row.adult_id, row.child_id): people.RELATIONS[people.RelationKind(row.kind)]
        for row in rows
        if row.kind is not None
    }
    return tuple(
        Tie(PersonId(adult), PersonId(child), words.get((adult, child), ""), (adult, child) in responsible)
        for adult, child in sorted({*responsible, *words}, key=str)
    )


def list_places(session: Session, ids: Iterable[PersonId]) -> tuple[Place, ...]:
    """Where these people live now and their numbers, those of today; one statement."""
    return _places(direct.rows(session, _PLACES, {"people": list(ids)}))


def _places(rows: Iterable[Any]) -> tuple[Place, ...]:
    return tuple(
        Place(
            PersonId(row.person_id),
            _NUMBERS.get(row.kind, "Address"),
            _written(row.lines, row.postcode),
            _marks(row.lines, row.postcode),
            row.hidden,
        )
        for row in rows
    )


# People's addresses first, the newest first, then their numbers. Row-level security leaves out what is not to be seen.
_PLACES: Final = """
SELECT person_id, 'address' AS kind, lines, postcode, do_not_disclose AS hidden FROM (
  SELECT * FROM address WHERE person_id = ANY(%(people)s) AND until_on IS NULL ORDER BY from_on DESC NULLS LAST, id
) AS a
UNION ALL
SELECT person_id, kind, ARRAY[value], NULL, do_not_disclose FROM (
  SELECT * FROM contact_point WHERE person_id = ANY(%(people)s) AND until_on IS NULL ORDER BY kind, id
) AS c
"""


_PLACES_AROUND: Final = _PLACES.replace("ANY(%(people)s)", f"ANY({_OF_A_FAMILY})")


def _written(lines: Sequence[str], postcode: str | None) -> str:
    return ", ".join(part for part in (*lines, postcode) if part)


def _marks(lines: Sequence[str], postcode: str | None) -> tuple[str, ...]:
    """By what an address is known again: its first line and its postcode."""
    return tuple(part for part in (*lines[:1], postcode) if part)


_NUMBERS: Final[Mapping[str, str]] = {"mobile": "Mobile", "phone": "Telephone", "email": "Email"}


def places_around(session: Session, episode_id: EpisodeId) -> tuple[Place, ...]:
    """Where everybody of an episode's family lives now, and their numbers; one statement. For operations."""
    return _places(direct.rows(session, _PLACES_AROUND, {"episode": episode_id}))


@dataclass(frozen=True, slots=True)
class KeptWords:
    """What a child said, and who may read it by the child's own choice."""

    id: VoiceEntryId
    person_id: PersonId
    own_words: str
    readers: VoiceReaders
    family_may_see: bool


@dataclass(frozen=True, slots=True)
class KeptBack:
    """What a paper may not say: marks of places that are hidden, and words of children that are not for everybody."""

    marks: tuple[str, ...]
    words: tuple[KeptWords, ...]


def kept_back(session: Session, episode_id: EpisodeId) -> KeptBack:
    """What must not be said in papers of an episode as it stands now; one statement. For operations."""
    row = direct.rows(session, _KEPT_BACK, {"episode": episode_id})[0]
    return KeptBack(
        tuple(mark for mark in row.marks or () if mark),
        tuple(
            KeptWords(VoiceEntryId(uuid.UUID(one)), PersonId(uuid.UUID(child)), said, VoiceReaders(readers), family)
            for one, child, said, readers, family in row.words or ()
        ),
    )


_KEPT_BACK: Final = f"""
SELECT (SELECT array_agg(mark) FROM (
    SELECT unnest(ARRAY[lines[1], postcode]) AS mark FROM address
    WHERE person_id = ANY({_OF_A_FAMILY}) AND until_on IS NULL AND do_not_disclose
    UNION ALL SELECT value FROM contact_point
    WHERE person_id = ANY({_OF_A_FAMILY}) AND until_on IS NULL AND do_not_disclose) AS hidden) AS marks,
  (SELECT jsonb_agg(jsonb_build_array(id, person_id, own_words, readers, family_may_see)) FROM voice_entry
    WHERE episode_id = %(episode)s AND own_words <> '') AS words
"""  # noqa: S608 - constants, no input


def names_around(session: Session, episode_id: EpisodeId) -> frozenset[str]:
    """Every name by which the people of an episode and its family go or went; one statement. For operations."""
    family = select(Episode.family_id).where(Episode.id == episode_id).scalar_subquery()
    rows = session.execute(
        select(Person.given_name, Person.family_name, Person.known_as, Person.previous_names).where(
            or_(
                Person.id.in_(select(FamilyMember.person_id).where(FamilyMember.family_id == family)),
                Person.id.in_(select(EpisodeChild.person_id).where(EpisodeChild.episode_id == episode_id)),
            )
        )
    )
    return frozenset(name for given, own, called, earlier in rows for name in (given, own, called, *earlier) if name)


def places_and_names_around(session: Session, episode_id: EpisodeId) -> tuple[tuple[Place, ...], frozenset[str]]:
    """``places_around`` and ``names_around`` together, in one statement. For operations."""
    rows = direct.rows(session, _PLACES_AND_NAMES, {"episode": episode_id})
    names = frozenset(name for row in rows if row.kind == _NAME for name in row.lines if name)
    return _places(row for row in rows if row.kind != _NAME), names


_NAME = "name"
_PLACES_AND_NAMES: Final = f"""{_PLACES_AROUND}
UNION ALL
SELECT id, 'name', ARRAY[given_name, family_name, known_as] || previous_names, NULL, false FROM person
WHERE id = ANY({_OF_A_FAMILY}) OR id IN (SELECT person_id FROM episode_child WHERE episode_id = %(episode)s)
"""  # noqa: S608 - constants, no input


def referrers_of(session: Session, children: Iterable[PersonId]) -> frozenset[str]:
    """The names of those who told the front door about these children. For operations, which look beyond grants."""
    contacts = select(ContactChild.contact_id).where(ContactChild.person_id.in_(list(children)))
    names = session.scalars(select(ContactReferrer.name).where(ContactReferrer.contact_id.in_(contacts)))
    return frozenset(name for name in names if name)


@dataclass(frozen=True, slots=True)
class CopyRow:
    """What one recipient gets, and where it stands."""

    id: uuid.UUID
    batch_id: uuid.UUID
    episode_id: EpisodeId
    kind: PaperKind
    recipient: RecipientKind
    recipient_id: uuid.UUID
    recipient_name: str
    title: str
    left_out: tuple[str, ...]
    topics_out: tuple[str, ...]
    about: tuple[PersonId, ...]
    agreement_id: uuid.UUID | None
    override_id: uuid.UUID | None
    prepared_at: dt.datetime
    prepared_by_name: str
    given_at: dt.datetime | None
    given_by_name: str
    made_at: dt.datetime | None
    version: int


_COPY = select(
    PaperCopy.id, PaperCopy.batch_id, PaperBatch.episode_id, PaperBatch.kind, PaperCopy.recipient,
    PaperCopy.recipient_id, PaperCopy.recipient_name, PaperCopy.title, PaperCopy.left_out, PaperCopy.topics_out,
    PaperCopy.about, PaperCopy.agreement_id,
    PaperCopy.override_id, PaperBatch.prepared_at, PaperBatch.prepared_by_name, PaperCopy.given_at,
    PaperCopy.given_by_name, PaperCopy.made_at, PaperCopy.version,
).join(PaperBatch, PaperBatch.id == PaperCopy.batch_id)  # fmt: skip
NO_PAPER = "There is no such paper, or none that you may see"


def get_copy(session: Session, copy_id: uuid.UUID) -> tuple[CopyRow, JsonObject]:
    """One recipient's copy and its content; one statement. Raises ``NotFound``."""
    row = session.execute(_COPY.add_columns(PaperCopy.content).where(PaperCopy.id == copy_id)).one_or_none()
    if row is None:
        raise NotFound(NO_PAPER)
    *values, content = row
    return _copy(values), content


def list_copies(session: Session, batch_id: uuid.UUID) -> tuple[CopyRow, ...]:
    """The copies of one batch by recipient; one statement."""
    rows = session.execute(_COPY.where(PaperBatch.id == batch_id).order_by(PaperCopy.recipient_name, PaperCopy.id))
    return tuple(_copy(list(row)) for row in rows)


def list_given(session: Session, episode_id: EpisodeId, *, most: int = 50) -> tuple[CopyRow, ...]:
    """The papers of an episode that were given, latest first; one statement."""
    rows = session.execute(
        _COPY.where(PaperBatch.episode_id == episode_id, PaperCopy.given_at.is_not(None))
        .order_by(PaperCopy.given_at.desc(), PaperCopy.id)
        .limit(most)
    )
    return tuple(_copy(list(row)) for row in rows)


def _copy(values: Sequence[object]) -> CopyRow:
    named = dict(zip(CopyRow.__dataclass_fields__, values, strict=True))
    for name in ("left_out", "topics_out", "about"):
        named[name] = tuple(named[name])  # type: ignore[arg-type]
    return CopyRow(**named)  # type: ignore[arg-type]


def find_pdf(session: Session, copy_id: uuid.UUID) -> bytes | None:
    """The file of a copy; None while it is being made."""
    return session.execute(select(PaperCopy.pdf).where(PaperCopy.id == copy_id)).scalar_one_or_none()
