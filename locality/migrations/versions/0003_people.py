"""Tables of the people room, and the search that finds people at any size."""

from alembic import op

from locality.access import rls
from locality.access.parts import Part
from locality.migrations.earlier import earlier
from locality.search import words_sql
from locality.search.conditions import INDEX, sees_hidden

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_PERSON = """
CREATE TABLE person (
  id uuid PRIMARY KEY,
  reference text NOT NULL CONSTRAINT person_reference_key UNIQUE,
  kind text NOT NULL CONSTRAINT person_kind_check CHECK (kind IN ('child', 'adult')),
  given_name text NOT NULL,
  family_name text NOT NULL,
  known_as text NOT NULL,
  previous_names text[] NOT NULL,
  sex text NOT NULL CONSTRAINT person_sex_check CHECK (sex IN ('F', 'M', 'U')),
  gender_identity text CONSTRAINT person_gender_identity_check CHECK (gender_identity IN ('00', '01', '02', '09')),
  born_on date,
  born_on_estimated boolean NOT NULL,
  due_on date,
  died_on date,
  ethnicity text NOT NULL CONSTRAINT person_ethnicity_check CHECK (ethnicity IN ('WBRI', 'WIRI', 'WIRT', 'WROM', 'WOTH',
    'MWBC', 'MWBA', 'MWAS', 'MOTH', 'AIND', 'APKN', 'ABAN', 'AOTH', 'BCRB', 'BAFR', 'BOTH', 'CHNE', 'OOTH', 'REFU',
    'NOBT')),
  religion text NOT NULL,
  first_language text NOT NULL,
  interpreter_needed boolean,
  disabilities text[] NOT NULL CONSTRAINT person_disabilities_check CHECK (disabilities <@ ARRAY['NONE', 'MOB', 'HAND',
    'PC', 'INC', 'COMM', 'LD', 'HEAR', 'VIS', 'BEH', 'CON', 'AUT', 'DDA']),
  nhs_number text CONSTRAINT person_nhs_number_check CHECK (nhs_number ~ '^[0-9]{10}$'),
  nhs_status text NOT NULL CONSTRAINT person_nhs_status_check CHECK (nhs_status IN ('PRESENT_TRACED',
    'PRESENT_NOT_TRACED', 'ABSENT')),
  upn text CONSTRAINT person_upn_check CHECK (upn ~ '^[A-Z][0-9]{11}[0-9A-Z]$'),
  former_upns text[] NOT NULL,
  upn_unknown text CONSTRAINT person_upn_unknown_check CHECK (upn_unknown ~ '^UN[1-7]$'),
  la_child_id text CONSTRAINT person_la_child_id_key UNIQUE,
  entered_by uuid,
  created_at timestamptz NOT NULL,
  version integer NOT NULL,
  name_words text[] GENERATED ALWAYS AS (person_name_words(given_name, family_name, known_as, previous_names)) STORED,
  CONSTRAINT person_born_or_due_check CHECK (born_on IS NULL OR due_on IS NULL),
  CONSTRAINT person_unborn_check CHECK (due_on IS NULL OR (kind = 'child' AND sex = 'U')),
  CONSTRAINT person_died_on_check CHECK (died_on IS NULL OR born_on IS NULL OR died_on >= born_on)
);
CREATE INDEX person_born_on_idx ON person (born_on);
CREATE INDEX person_due_on_idx ON person (due_on) WHERE due_on IS NOT NULL;
CREATE INDEX person_nhs_number_idx ON person (nhs_number) WHERE nhs_number IS NOT NULL;
CREATE INDEX person_upn_idx ON person (upn) WHERE upn IS NOT NULL;
CREATE INDEX person_name_words_idx ON person USING gin (name_words) WITH (fastupdate = off);

CREATE TABLE person_earlier (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL CONSTRAINT person_earlier_person_id_fkey REFERENCES person (id),
  version integer NOT NULL,
  facts jsonb NOT NULL,
  changed_at timestamptz NOT NULL,
  changed_by uuid,
  changed_by_name text NOT NULL,
  CONSTRAINT person_earlier_version_key UNIQUE (person_id, version)
);

-- New words of names, once a statement, so that COPY of a million people costs one pass.
CREATE FUNCTION person_words_kept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO search_word (word, sound, slips)
  SELECT word, dmetaphone(word), word_slips(word)
  FROM (SELECT DISTINCT word FROM fresh, unnest(fresh.name_words) AS word) AS words
  WHERE length(word) <= 60 AND NOT EXISTS (SELECT 1 FROM search_word AS known WHERE known.word = words.word)
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER person_words_entered AFTER INSERT ON person
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION person_words_kept();
CREATE TRIGGER person_words_edited AFTER UPDATE ON person
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION person_words_kept();
"""

_TOGETHER = """
CREATE TABLE family (
  id uuid PRIMARY KEY,
  reference text NOT NULL CONSTRAINT family_reference_key UNIQUE,
  name text NOT NULL,
  about uuid[] NOT NULL,
  created_at timestamptz NOT NULL,
  version integer NOT NULL
);
CREATE INDEX family_about_idx ON family USING gin (about);
CREATE TABLE family_member (
  id uuid PRIMARY KEY,
  family_id uuid NOT NULL CONSTRAINT family_member_family_id_fkey REFERENCES family (id),
  person_id uuid NOT NULL CONSTRAINT family_member_person_id_fkey REFERENCES person (id),
  from_on date NOT NULL,
  until_on date
);
CREATE INDEX family_member_person_idx ON family_member (person_id);
CREATE UNIQUE INDEX family_member_one_open ON family_member (family_id, person_id) WHERE until_on IS NULL;

CREATE TABLE household (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  about uuid[] NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE TABLE household_member (
  id uuid PRIMARY KEY,
  household_id uuid NOT NULL CONSTRAINT household_member_household_id_fkey REFERENCES household (id),
  person_id uuid NOT NULL CONSTRAINT household_member_person_id_fkey REFERENCES person (id),
  from_on date,
  until_on date
);
CREATE INDEX household_member_person_idx ON household_member (person_id);
CREATE UNIQUE INDEX household_member_one_open ON household_member (household_id, person_id) WHERE until_on IS NULL;

CREATE TABLE relationship (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL CONSTRAINT relationship_person_id_fkey REFERENCES person (id),
  other_id uuid NOT NULL CONSTRAINT relationship_other_id_fkey REFERENCES person (id),
  kind text NOT NULL CONSTRAINT relationship_kind_check CHECK (kind IN ('mother', 'father', 'parent', 'step_parent',
    'grandparent', 'sibling', 'half_sibling', 'step_sibling', 'aunt_or_uncle', 'cousin', 'partner', 'former_partner',
    'foster_carer', 'special_guardian', 'carer', 'friend', 'other')),
  from_on date,
  until_on date,
  recorded_at timestamptz NOT NULL,
  CONSTRAINT relationship_two_people_check CHECK (person_id <> other_id)
);
CREATE INDEX relationship_other_idx ON relationship (other_id);
CREATE UNIQUE INDEX relationship_one_open ON relationship (person_id, other_id, kind) WHERE until_on IS NULL;

CREATE TABLE parental_responsibility (
  id uuid PRIMARY KEY,
  child_id uuid NOT NULL CONSTRAINT parental_responsibility_child_id_fkey REFERENCES person (id),
  adult_id uuid NOT NULL CONSTRAINT parental_responsibility_adult_id_fkey REFERENCES person (id),
  basis text NOT NULL CONSTRAINT parental_responsibility_basis_check CHECK (basis IN ('birth_mother', 'married_father',
    'registered_father', 'second_female_parent', 'agreement', 'court_order', 'child_arrangements_order',
    'special_guardianship', 'step_parent', 'adoption', 'guardian', 'said_not_seen')),
  limits text NOT NULL,
  from_on date,
  until_on date,
  recorded_at timestamptz NOT NULL,
  CONSTRAINT parental_responsibility_two_people_check CHECK (child_id <> adult_id)
);
CREATE INDEX parental_responsibility_adult_idx ON parental_responsibility (adult_id);
CREATE UNIQUE INDEX parental_responsibility_one_open ON parental_responsibility (child_id, adult_id)
  WHERE until_on IS NULL;
"""

_WHEREABOUTS = """
CREATE TABLE address (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL CONSTRAINT address_person_id_fkey REFERENCES person (id),
  kind text NOT NULL CONSTRAINT address_kind_check CHECK (kind IN ('home', 'second_home', 'temporary', 'letters')),
  lines text[] NOT NULL,
  postcode text,
  uprn text CONSTRAINT address_uprn_check CHECK (uprn ~ '^[1-9][0-9]{0,11}$'),
  from_on date,
  until_on date,
  do_not_disclose boolean NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by uuid
);
CREATE INDEX address_person_idx ON address (person_id);
CREATE INDEX address_postcode_idx ON address (postcode text_pattern_ops);
CREATE INDEX address_uprn_idx ON address (uprn) WHERE uprn IS NOT NULL;
CREATE TABLE contact_point (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL CONSTRAINT contact_point_person_id_fkey REFERENCES person (id),
  kind text NOT NULL CONSTRAINT contact_point_kind_check CHECK (kind IN ('mobile', 'phone', 'email')),
  value text NOT NULL,
  note text NOT NULL,
  do_not_disclose boolean NOT NULL,
  from_on date,
  until_on date,
  recorded_at timestamptz NOT NULL
);
CREATE INDEX contact_point_person_idx ON contact_point (person_id);
CREATE TABLE postcode (
  postcode text PRIMARY KEY,
  easting integer NOT NULL,
  northing integer NOT NULL
);
"""

_STORY = """
CREATE TABLE chronology_entry (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL CONSTRAINT chronology_entry_person_id_fkey REFERENCES person (id),
  happened_on date NOT NULL,
  recorded_at timestamptz NOT NULL,
  kind text NOT NULL CONSTRAINT chronology_entry_kind_check CHECK (kind IN ('contact', 'referral', 'agreement',
    'assessment', 'plan', 'review', 'team', 'stage', 'voice', 'family', 'school', 'closure', 'note')),
  line text NOT NULL,
  source text NOT NULL,
  record_kind text,
  record_id uuid
);
CREATE INDEX chronology_entry_story_idx ON chronology_entry (person_id, happened_on DESC, recorded_at DESC);
"""


def upgrade() -> None:
    for statement in (
        words_sql.WORDS,
        _PERSON,
        _TOGETHER,
        _WHEREABOUTS,
        _STORY,
        words_sql.HELPERS,
        words_sql.ALIKE,
        earlier("0003_search.sql"),
    ):
        op.execute(statement)
    op.execute(rls.protect("search_word", read=rls.SYSTEM))
    op.execute(rls.protect_person_rows("person", Part.IDENTITY, column="id", index_readable=True))
    op.execute(rls.protect_person_rows("person_earlier", Part.IDENTITY))
    op.execute(rls.protect_about_rows("family", Part.IDENTITY, also=INDEX))
    op.execute(rls.protect_person_rows("family_member", Part.IDENTITY, index_readable=True))
    op.execute(rls.protect_about_rows("household", Part.WHEREABOUTS))
    op.execute(rls.protect_person_rows("household_member", Part.WHEREABOUTS))
    # A tie shows only to who may see both ends.
    for table, one, other in (
        ("relationship", "person_id", "other_id"),
        ("parental_responsibility", "child_id", "adult_id"),
    ):
        ends = [rls.granted_person(Part.IDENTITY, f"{table}.{column}") for column in (one, other)]
        op.execute(rls.protect(table, read=f"{rls.SYSTEM} OR ({ends[0]} AND {ends[1]})"))
    # Do-not-disclose beats whatever else lets somebody in.
    for table in ("address", "contact_point"):
        op.execute(rls.protect_person_rows(table, Part.WHEREABOUTS))
        may = f"NOT do_not_disclose OR {rls.SYSTEM} OR {sees_hidden(table)}"
        op.execute(rls.restrict(table, "do_not_disclose", may))
    op.execute(rls.open_reference("postcode"))
    op.execute(rls.protect_person_rows("chronology_entry", Part.STORY))


def downgrade() -> None:
    op.execute("DROP FUNCTION match_candidates; DROP FUNCTION search_people; DROP FUNCTION search_alike;")
    for table in (
        "chronology_entry", "postcode", "contact_point", "address", "parental_responsibility", "relationship",
        "household_member", "household", "family_member", "family", "person_earlier", "person", "search_word",
    ):  # fmt: skip
        op.execute(rls.unprotect(table))
    op.execute("DROP FUNCTION person_words_kept;")
    op.execute(words_sql.DROP_WORDS)
