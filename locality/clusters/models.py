"""Tables of integrated locality working: places, schools, agencies, people who work there, and the caseload."""

import datetime as dt
import uuid
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.orm import Mapped, mapped_column

from locality.clusters.rules import PlaceKind, SchoolPhase, Sector
from locality.kernel.db import Base, text_enum
from locality.kernel.ids import (
    AccountId,
    AgencyId,
    ClusterId,
    EpisodeId,
    LocalityId,
    PersonId,
    SchoolId,
    TeamId,
)

_ID = UUID(as_uuid=True)


class Locality(Base):
    """One of the authority's large patches, which holds clusters."""

    __tablename__ = "locality"

    id: Mapped[LocalityId] = mapped_column(_ID, primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int]


class Cluster(Base):
    """A team of several professions around a group of schools."""

    __tablename__ = "cluster"

    id: Mapped[ClusterId] = mapped_column(_ID, primary_key=True)
    locality_id: Mapped[LocalityId] = mapped_column(_ID, sa.ForeignKey("locality.id"), index=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int]


class PostcodeArea(Base):
    """Which cluster a postcode sector (``SS2 6``) or district (``SS2``) belongs to; the narrower one counts."""

    __tablename__ = "postcode_area"

    prefix: Mapped[str] = mapped_column(primary_key=True)
    cluster_id: Mapped[ClusterId] = mapped_column(_ID, sa.ForeignKey("cluster.id"), index=True)


class School(Base):
    """A school, inside the authority or outside it, by its national number."""

    __tablename__ = "school"

    id: Mapped[SchoolId] = mapped_column(_ID, primary_key=True)
    urn: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    phase: Mapped[SchoolPhase] = mapped_column(text_enum(SchoolPhase))
    postcode: Mapped[str | None]


class SchoolMembership(Base):
    """A school's time in a cluster: one at a time. A school outside the authority has none."""

    __tablename__ = "school_membership"
    __table_args__ = (
        sa.Index(
            "school_membership_one_open",
            "school_id",
            unique=True,
            postgresql_where=sa.text("until_on IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    school_id: Mapped[SchoolId] = mapped_column(_ID, sa.ForeignKey("school.id"))
    cluster_id: Mapped[ClusterId] = mapped_column(_ID, sa.ForeignKey("cluster.id"), index=True)
    from_on: Mapped[dt.date]
    until_on: Mapped[dt.date | None]


class Enrolment(Base):
    """A child's time at a school: one at a time."""

    __tablename__ = "enrolment"
    __table_args__ = (
        sa.Index("enrolment_one_open", "person_id", unique=True, postgresql_where=sa.text("until_on IS NULL")),
        sa.Index("enrolment_person_id_from_on_idx", "person_id", "from_on"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(_ID, sa.ForeignKey("person.id"))
    school_id: Mapped[SchoolId] = mapped_column(_ID, sa.ForeignKey("school.id"), index=True)
    from_on: Mapped[dt.date]
    until_on: Mapped[dt.date | None]


class Agency(Base):
    """An organisation that works with families here."""

    __tablename__ = "agency"

    id: Mapped[AgencyId] = mapped_column(_ID, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    sector: Mapped[Sector] = mapped_column(text_enum(Sector))


class Team(Base):
    """A team of an agency; one that serves a single cluster names it."""

    __tablename__ = "team"
    __table_args__ = (sa.UniqueConstraint("agency_id", "name"),)

    id: Mapped[TeamId] = mapped_column(_ID, primary_key=True)
    agency_id: Mapped[AgencyId] = mapped_column(_ID, sa.ForeignKey("agency.id"))
    cluster_id: Mapped[ClusterId | None] = mapped_column(_ID, sa.ForeignKey("cluster.id"), index=True)
    name: Mapped[str]


class Worker(Base):
    """Somebody who works with families. Employer, line manager, team and base are four facts (domain 4)."""

    __tablename__ = "worker"

    account_id: Mapped[AccountId] = mapped_column(_ID, sa.ForeignKey("account.id"), primary_key=True)
    team_id: Mapped[TeamId] = mapped_column(_ID, sa.ForeignKey("team.id"), index=True)
    employer_id: Mapped[AgencyId] = mapped_column(_ID, sa.ForeignKey("agency.id"), index=True)
    line_manager_id: Mapped[AccountId | None] = mapped_column(_ID, sa.ForeignKey("account.id"))
    base: Mapped[str]
    full_time: Mapped[Decimal] = mapped_column(sa.Numeric(3, 2))
    newly_qualified: Mapped[bool]


class Population(Base):
    """Children aged 0 to 17 in a place at a mid-year; ``used_from`` pairs the estimate with reporting months."""

    __tablename__ = "population"

    place_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    mid_year: Mapped[int] = mapped_column(primary_key=True)
    place_kind: Mapped[PlaceKind] = mapped_column(text_enum(PlaceKind))
    n: Mapped[int]
    source: Mapped[str]
    used_from: Mapped[dt.date]


class CaseloadEntry(Base):
    """One open family in a cluster's caseload, without a name; written by whoever changes the family's work."""

    __tablename__ = "caseload_entry"
    __table_args__ = (
        sa.Index("caseload_entry_by_review", "cluster_id", "next_review_on", "episode_id"),
        sa.Index("caseload_entry_by_lead", "lead_account_id"),
    )

    episode_id: Mapped[EpisodeId] = mapped_column(_ID, primary_key=True)
    reference: Mapped[str]
    cluster_id: Mapped[ClusterId] = mapped_column(_ID, sa.ForeignKey("cluster.id"))
    team_id: Mapped[TeamId | None] = mapped_column(_ID, sa.ForeignKey("team.id"))
    lead_account_id: Mapped[AccountId | None] = mapped_column(_ID, sa.ForeignKey("account.id"))
    lead_name: Mapped[str | None]
    children: Mapped[int]
    stage: Mapped[int]
    last_seen_on: Mapped[dt.date | None]
    next_review_on: Mapped[dt.date | None]
    next_step: Mapped[str]
    weight: Mapped[int]
    flags: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    shared_with_cluster: Mapped[bool]
    visible_to: Mapped[list[uuid.UUID]]


class CaseloadName(Base):
    """Who an entry of the caseload is about. Guarded by grants: where none reaches, the name is withheld."""

    __tablename__ = "caseload_name"

    episode_id: Mapped[EpisodeId] = mapped_column(_ID, primary_key=True)
    family_name: Mapped[str]
    child_names: Mapped[str]
    about: Mapped[list[uuid.UUID]]


class CaseloadTally(Base):
    """Kept counts of a cluster's caseload by lead professional and stage, right in the same transaction."""

    __tablename__ = "caseload_tally"

    cluster_id: Mapped[ClusterId] = mapped_column(_ID, primary_key=True)
    lead_key: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    stage: Mapped[int] = mapped_column(primary_key=True)
    lead_name: Mapped[str | None]
    families: Mapped[int]
    children: Mapped[int]
