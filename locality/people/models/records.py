"""Tables of people: who they are, whom they belong with, where they live, and their chronology.

Whereabouts stand in tables of their own, so that seeing somebody never means seeing where they live. Nothing that
people relied on is overwritten: relations and addresses have dates, and what an edit replaced is kept in
``person_earlier``.
"""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from locality.kernel.db import Base, JsonObject, Versioned, text_enum
from locality.people.rules.codes import (
    AddressKind,
    ContactKind,
    Ethnicity,
    GenderIdentity,
    NhsStatus,
    PersonKind,
    PrBasis,
    RelationKind,
    Sex,
    StoryKind,
    UpnUnknown,
)  # fmt: skip

_NAME_WORDS = "person_name_words(given_name, family_name, known_as, previous_names)"
_NAMES_FIT = sa.text("name_words_fit(name_words)")


def _refers_to(key: str = "person.id") -> Mapped[uuid.UUID]:
    return mapped_column(sa.ForeignKey(key))


class Person(Versioned, Base):
    """A child (born or expected) or an adult. Names are kept as written; an empty name is one that is not known."""

    __tablename__ = "person"
    __table_args__ = (
        sa.Index("person_born_on_idx", "born_on"),
        sa.Index("person_due_on_idx", "due_on", postgresql_where=sa.text("due_on IS NOT NULL")),
        sa.Index("person_nhs_number_idx", "nhs_number", postgresql_where=sa.text("nhs_number IS NOT NULL")),
        sa.Index("person_upn_idx", "upn", postgresql_where=sa.text("upn IS NOT NULL")),
        sa.Index(
            "person_match_keys_idx",
            sa.text("person_match_keys(born_on, name_words)"),
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
        sa.Index(
            "person_day_names_idx", "born_on", postgresql_include=["id", "name_words"], postgresql_where=_NAMES_FIT
        ),
        sa.Index(
            "person_given_sound_idx",
            sa.text("first_sound(given_name)"),
            "born_on",
            postgresql_include=["id", "name_words", "given_name"],
            postgresql_where=_NAMES_FIT,
        ),
        sa.Index(
            "person_family_sound_idx",
            sa.text("first_sound(family_name)"),
            "born_on",
            postgresql_include=["id", "name_words", "family_name"],
            postgresql_where=_NAMES_FIT,
        ),
        sa.Index("person_name_words_idx", "name_words", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        sa.UniqueConstraint("reference", name="person_reference_key"),
        sa.UniqueConstraint("la_child_id", name="person_la_child_id_key"),
        sa.CheckConstraint("born_on IS NULL OR due_on IS NULL", name="born_or_due"),
        sa.CheckConstraint("due_on IS NULL OR (kind = 'child' AND sex = 'U')", name="unborn"),
        sa.CheckConstraint("died_on IS NULL OR born_on IS NULL OR died_on >= born_on", name="died_on"),
    )
    __mapper_args__ = {"eager_defaults": False}  # noqa: RUF012 - fetching a computed column after insert would need a grant

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    reference: Mapped[str]
    kind: Mapped[PersonKind] = mapped_column(text_enum(PersonKind))
    given_name: Mapped[str]
    family_name: Mapped[str]
    known_as: Mapped[str]
    previous_names: Mapped[list[str]]
    sex: Mapped[Sex] = mapped_column(text_enum(Sex))
    gender_identity: Mapped[GenderIdentity | None] = mapped_column(text_enum(GenderIdentity))
    born_on: Mapped[dt.date | None]
    born_on_estimated: Mapped[bool]
    due_on: Mapped[dt.date | None]
    died_on: Mapped[dt.date | None]
    ethnicity: Mapped[Ethnicity] = mapped_column(text_enum(Ethnicity))
    religion: Mapped[str]
    first_language: Mapped[str]
    interpreter_needed: Mapped[bool | None]
    disabilities: Mapped[list[str]]
    nhs_number: Mapped[str | None]
    nhs_status: Mapped[NhsStatus] = mapped_column(text_enum(NhsStatus))
    upn: Mapped[str | None]
    former_upns: Mapped[list[str]]
    upn_unknown: Mapped[UpnUnknown | None] = mapped_column(text_enum(UpnUnknown))
    la_child_id: Mapped[str | None]
    entered_by: Mapped[uuid.UUID | None]
    created_at: Mapped[dt.datetime]
    name_words: Mapped[list[str]] = mapped_column(
        ARRAY(sa.Text()), sa.Computed(_NAME_WORDS, persisted=True), deferred=True
    )


class PersonEarlier(Base):
    """What a person's record said before an edit; one row an edit."""

    __tablename__ = "person_earlier"
    __table_args__ = (sa.UniqueConstraint("person_id", "version", name="person_earlier_version_key"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = _refers_to()
    version: Mapped[int]
    facts: Mapped[JsonObject]
    changed_at: Mapped[dt.datetime]
    changed_by: Mapped[uuid.UUID | None]
    changed_by_name: Mapped[str]


class Family(Versioned, Base):
    """People who belong together for the purpose of help; ``about`` holds those who belong to it now."""

    __tablename__ = "family"
    __table_args__ = (
        sa.UniqueConstraint("reference", name="family_reference_key"),
        sa.Index("family_about_idx", "about", postgresql_using="gin"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    reference: Mapped[str]
    name: Mapped[str]
    about: Mapped[list[uuid.UUID]]
    created_at: Mapped[dt.datetime]


class FamilyMember(Base):
    """Somebody's time in a family."""

    __tablename__ = "family_member"
    __table_args__ = (
        sa.Index("family_member_person_idx", "person_id"),
        sa.Index("family_member_family_idx", "family_id"),
        sa.Index(
            "family_member_one_open",
            "family_id",
            "person_id",
            unique=True,
            postgresql_where=sa.text("until_on IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    family_id: Mapped[uuid.UUID] = _refers_to("family.id")
    person_id: Mapped[uuid.UUID] = _refers_to()
    from_on: Mapped[dt.date]
    until_on: Mapped[dt.date | None]


class Household(Base):
    """People who live together; a child whose parents live apart may be in two."""

    __tablename__ = "household"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    about: Mapped[list[uuid.UUID]]
    created_at: Mapped[dt.datetime]


class HouseholdMember(Base):
    """Somebody's time in a household."""

    __tablename__ = "household_member"
    __table_args__ = (
        sa.Index("household_member_person_idx", "person_id"),
        sa.Index("household_member_household_idx", "household_id"),
        sa.Index(
            "household_member_one_open",
            "household_id",
            "person_id",
            unique=True,
            postgresql_where=sa.text("until_on IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    household_id: Mapped[uuid.UUID] = _refers_to("household.id")
    person_id: Mapped[uuid.UUID] = _refers_to()
    from_on: Mapped[dt.date | None]
    until_on: Mapped[dt.date | None]


class Relationship(Base):
    """``person_id`` is the ``kind`` of ``other_id`` ("is the mother of")."""

    __tablename__ = "relationship"
    __table_args__ = (
        sa.Index("relationship_person_idx", "person_id"),
        sa.Index("relationship_other_idx", "other_id"),
        sa.Index(
            "relationship_one_open",
            "person_id",
            "other_id",
            "kind",
            unique=True,
            postgresql_where=sa.text("until_on IS NULL"),
        ),
        sa.CheckConstraint("person_id <> other_id", name="two_people"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = _refers_to()
    other_id: Mapped[uuid.UUID] = _refers_to()
    kind: Mapped[RelationKind] = mapped_column(text_enum(RelationKind))
    from_on: Mapped[dt.date | None]
    until_on: Mapped[dt.date | None]
    recorded_at: Mapped[dt.datetime]


class ParentalResponsibility(Base):
    """An adult's legal rights and duties for a child, from when to when, and on what basis."""

    __tablename__ = "parental_responsibility"
    __table_args__ = (
        sa.Index("parental_responsibility_child_idx", "child_id"),
        sa.Index("parental_responsibility_adult_idx", "adult_id"),
        sa.Index(
            "parental_responsibility_one_open",
            "child_id",
            "adult_id",
            unique=True,
            postgresql_where=sa.text("until_on IS NULL"),
        ),
        sa.CheckConstraint("child_id <> adult_id", name="two_people"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    child_id: Mapped[uuid.UUID] = _refers_to()
    adult_id: Mapped[uuid.UUID] = _refers_to()
    basis: Mapped[PrBasis] = mapped_column(text_enum(PrBasis))
    limits: Mapped[str]
    from_on: Mapped[dt.date | None]
    until_on: Mapped[dt.date | None]
    recorded_at: Mapped[dt.datetime]


class Address(Base):
    """Where somebody lives or lived. ``do_not_disclose`` beats every share: only who holds that right sees the row."""

    __tablename__ = "address"
    __table_args__ = (
        sa.Index("address_person_idx", "person_id"),
        sa.Index("address_postcode_idx", "postcode", postgresql_ops={"postcode": "text_pattern_ops"}),
        sa.Index(
            "address_match_keys_idx",
            sa.text("address_match_keys(lines, postcode)"),
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
        sa.Index("address_uprn_idx", "uprn", postgresql_where=sa.text("uprn IS NOT NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = _refers_to()
    kind: Mapped[AddressKind] = mapped_column(text_enum(AddressKind))
    lines: Mapped[list[str]]
    postcode: Mapped[str | None]
    uprn: Mapped[str | None]
    from_on: Mapped[dt.date | None]
    until_on: Mapped[dt.date | None]
    do_not_disclose: Mapped[bool]
    recorded_at: Mapped[dt.datetime]
    recorded_by: Mapped[uuid.UUID | None]


class ContactPoint(Base):
    """A telephone number or e-mail address, with how to use it safely."""

    __tablename__ = "contact_point"
    __table_args__ = (
        sa.Index("contact_point_person_idx", "person_id"),
        sa.Index(
            "contact_point_figures_idx", sa.text("phone_figures(value)"), postgresql_where=sa.text("kind <> 'email'")
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = _refers_to()
    kind: Mapped[ContactKind] = mapped_column(text_enum(ContactKind))
    value: Mapped[str]
    note: Mapped[str]
    do_not_disclose: Mapped[bool]
    from_on: Mapped[dt.date | None]
    until_on: Mapped[dt.date | None]
    recorded_at: Mapped[dt.datetime]


class Postcode(Base):
    """A postcode of the authority's list, with its place on the National Grid in metres."""

    __tablename__ = "postcode"

    postcode: Mapped[str] = mapped_column(primary_key=True)
    easting: Mapped[int]
    northing: Mapped[int]


class ChronologyEntry(Base):
    """One line of somebody's story: what happened, when, and who says so."""

    __tablename__ = "chronology_entry"
    __table_args__ = (
        sa.Index("chronology_entry_story_idx", "person_id", sa.text("happened_on DESC"), sa.text("recorded_at DESC")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = _refers_to()
    happened_on: Mapped[dt.date]
    recorded_at: Mapped[dt.datetime]
    kind: Mapped[StoryKind] = mapped_column(text_enum(StoryKind))
    line: Mapped[str]
    source: Mapped[str]
    record_kind: Mapped[str | None]
    record_id: Mapped[uuid.UUID | None]
