"""Tables of the clusters room: places, schools, people at work, and the caseload."""

from alembic import op

from locality.access import rls
from locality.access.parts import Part

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_PLACES = """
CREATE TABLE locality (
  id uuid PRIMARY KEY,
  slug text NOT NULL CONSTRAINT locality_slug_key UNIQUE,
  name text NOT NULL CONSTRAINT locality_name_key UNIQUE,
  position integer NOT NULL
);
CREATE TABLE cluster (
  id uuid PRIMARY KEY,
  locality_id uuid NOT NULL CONSTRAINT cluster_locality_id_fkey REFERENCES locality,
  slug text NOT NULL CONSTRAINT cluster_slug_key UNIQUE,
  name text NOT NULL CONSTRAINT cluster_name_key UNIQUE,
  position integer NOT NULL
);
CREATE INDEX cluster_locality_id_idx ON cluster (locality_id);
CREATE TABLE postcode_area (
  prefix text PRIMARY KEY CONSTRAINT postcode_area_prefix_check CHECK (prefix ~ '^[A-Z]{1,2}[0-9][0-9A-Z]?( [0-9])?$'),
  cluster_id uuid NOT NULL CONSTRAINT postcode_area_cluster_id_fkey REFERENCES cluster
);
CREATE INDEX postcode_area_cluster_id_idx ON postcode_area (cluster_id);
CREATE TABLE population (
  place_id uuid NOT NULL,
  mid_year integer NOT NULL CONSTRAINT population_mid_year_check CHECK (mid_year BETWEEN 1981 AND 2100),
  place_kind text NOT NULL
    CONSTRAINT population_place_kind_check CHECK (place_kind IN ('authority', 'locality', 'cluster')),
  n integer NOT NULL CONSTRAINT population_n_check CHECK (n > 0),
  source text NOT NULL,
  used_from date NOT NULL,
  PRIMARY KEY (place_id, mid_year)
);
"""

_SCHOOLS = """
CREATE TABLE school (
  id uuid PRIMARY KEY,
  urn text NOT NULL CONSTRAINT school_urn_key UNIQUE CONSTRAINT school_urn_check CHECK (urn ~ '^[0-9]{6}$'),
  name text NOT NULL,
  phase text NOT NULL CONSTRAINT school_phase_check CHECK (phase IN
    ('nursery', 'primary', 'secondary', 'all_through', 'special', 'alternative')),
  postcode text
);
CREATE TABLE school_membership (
  id uuid PRIMARY KEY,
  school_id uuid NOT NULL CONSTRAINT school_membership_school_id_fkey REFERENCES school,
  cluster_id uuid NOT NULL CONSTRAINT school_membership_cluster_id_fkey REFERENCES cluster,
  from_on date NOT NULL,
  until_on date CONSTRAINT school_membership_until_on_check CHECK (until_on >= from_on)
);
CREATE UNIQUE INDEX school_membership_one_open ON school_membership (school_id) WHERE until_on IS NULL;
CREATE INDEX school_membership_cluster_id_idx ON school_membership (cluster_id);
CREATE TABLE enrolment (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL CONSTRAINT enrolment_person_id_fkey REFERENCES person,
  school_id uuid NOT NULL CONSTRAINT enrolment_school_id_fkey REFERENCES school,
  from_on date NOT NULL,
  until_on date CONSTRAINT enrolment_until_on_check CHECK (until_on >= from_on)
);
CREATE UNIQUE INDEX enrolment_one_open ON enrolment (person_id) WHERE until_on IS NULL;
CREATE INDEX enrolment_person_id_from_on_idx ON enrolment (person_id, from_on);
CREATE INDEX enrolment_school_id_idx ON enrolment (school_id);
"""

_WORK = """
CREATE TABLE agency (
  id uuid PRIMARY KEY,
  name text NOT NULL CONSTRAINT agency_name_key UNIQUE,
  sector text NOT NULL CONSTRAINT agency_sector_check CHECK (sector IN
    ('council', 'social_care', 'education', 'health', 'police', 'housing', 'voluntary', 'justice'))
);
CREATE TABLE team (
  id uuid PRIMARY KEY,
  agency_id uuid NOT NULL CONSTRAINT team_agency_id_fkey REFERENCES agency,
  cluster_id uuid CONSTRAINT team_cluster_id_fkey REFERENCES cluster,
  name text NOT NULL,
  CONSTRAINT team_agency_id_name_key UNIQUE (agency_id, name)
);
CREATE INDEX team_cluster_id_idx ON team (cluster_id);
CREATE TABLE worker (
  account_id uuid PRIMARY KEY CONSTRAINT worker_account_id_fkey REFERENCES account,
  team_id uuid NOT NULL CONSTRAINT worker_team_id_fkey REFERENCES team,
  employer_id uuid NOT NULL CONSTRAINT worker_employer_id_fkey REFERENCES agency,
  line_manager_id uuid CONSTRAINT worker_line_manager_id_fkey REFERENCES account,
  base text NOT NULL,
  full_time numeric(3, 2) NOT NULL CONSTRAINT worker_full_time_check CHECK (full_time > 0 AND full_time <= 1.5),
  newly_qualified boolean NOT NULL
);
CREATE INDEX worker_team_id_idx ON worker (team_id);
CREATE INDEX worker_employer_id_idx ON worker (employer_id);
"""

_CASELOAD = """
CREATE TABLE caseload_entry (
  episode_id uuid PRIMARY KEY,
  reference text NOT NULL,
  cluster_id uuid NOT NULL CONSTRAINT caseload_entry_cluster_id_fkey REFERENCES cluster,
  team_id uuid CONSTRAINT caseload_entry_team_id_fkey REFERENCES team,
  lead_account_id uuid CONSTRAINT caseload_entry_lead_account_id_fkey REFERENCES account,
  lead_name text,
  children integer NOT NULL,
  stage integer NOT NULL CONSTRAINT caseload_entry_stage_check CHECK (stage BETWEEN 1 AND 4),
  last_seen_on date,
  next_review_on date,
  next_step text NOT NULL,
  weight integer NOT NULL,
  flags text[] NOT NULL,
  shared_with_cluster boolean NOT NULL,
  visible_to uuid[] NOT NULL
);
CREATE INDEX caseload_entry_by_review ON caseload_entry (cluster_id, next_review_on, episode_id);
CREATE INDEX caseload_entry_by_lead ON caseload_entry (lead_account_id);
CREATE TABLE caseload_name (
  episode_id uuid PRIMARY KEY,
  family_name text NOT NULL,
  child_names text NOT NULL,
  about uuid[] NOT NULL
);
CREATE TABLE caseload_tally (
  cluster_id uuid NOT NULL,
  lead_key uuid NOT NULL,
  stage integer NOT NULL,
  lead_name text,
  families integer NOT NULL,
  children integer NOT NULL,
  PRIMARY KEY (cluster_id, lead_key, stage)
);
"""

_OPEN = (
    "locality", "cluster", "postcode_area", "population", "school", "school_membership", "agency", "team", "worker",
    "caseload_tally",
)  # fmt: skip
_ALL = (
    "caseload_tally", "caseload_name", "caseload_entry", "worker", "team", "agency", "enrolment", "school_membership",
    "school", "population", "postcode_area", "cluster", "locality",
)  # fmt: skip


def upgrade() -> None:
    for statement in (_PLACES, _SCHOOLS, _WORK, _CASELOAD):
        op.execute(statement)
    for table in _OPEN:
        op.execute(rls.open_reference(table))
    op.execute(rls.protect_person_rows("enrolment", Part.IDENTITY, index_readable=True))
    # An entry names nobody; it is for the cluster's team, its management and the family's lead professional.
    for_these = f"caseload_entry.visible_to && {rls.PRINCIPALS}"
    op.execute(rls.protect("caseload_entry", read=f"{rls.SYSTEM} OR {for_these}"))
    op.execute(rls.protect_about_rows("caseload_name", Part.IDENTITY))


def downgrade() -> None:
    for table in _ALL:
        op.execute(rls.unprotect(table))
