"""Records that are closed to named accounts, or to all but a few; who watches over that; and matching at speed."""

from alembic import op

from locality.access import closing, rls
from locality.migrations.earlier import earlier
from locality.search import finding_sql
from locality.search.conditions import CLOSED

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE restriction (
  id uuid PRIMARY KEY,
  about uuid[] NOT NULL,
  mode text NOT NULL CONSTRAINT restriction_mode_check CHECK (mode IN ('closed_to', 'open_to')),
  ground text NOT NULL CONSTRAINT restriction_ground_check CHECK (ground IN ('own_family', 'colleague', 'well_known',
    'high_risk', 'adoption', 'other')),
  reason text NOT NULL,
  whole_family boolean NOT NULL,
  declared boolean NOT NULL,
  decided_at timestamptz NOT NULL,
  decided_by uuid,
  decided_by_name text NOT NULL,
  until_at timestamptz,
  review_on date NOT NULL,
  lifted_at timestamptz,
  lifted_by_name text,
  lifted_reason text,
  CONSTRAINT restriction_lifted_check CHECK ((lifted_at IS NULL) = (lifted_reason IS NULL))
);
CREATE INDEX restriction_review_idx ON restriction (review_on, id) WHERE lifted_at IS NULL;
CREATE TABLE restriction_person (
  restriction_id uuid NOT NULL CONSTRAINT restriction_person_restriction_id_fkey REFERENCES restriction (id),
  person_id uuid NOT NULL CONSTRAINT restriction_person_person_id_fkey REFERENCES person (id),
  CONSTRAINT restriction_person_pkey PRIMARY KEY (restriction_id, person_id)
);
CREATE INDEX restriction_person_person_idx ON restriction_person (person_id);
CREATE TABLE restriction_account (
  restriction_id uuid NOT NULL CONSTRAINT restriction_account_restriction_id_fkey REFERENCES restriction (id),
  account_id uuid NOT NULL CONSTRAINT restriction_account_account_id_fkey REFERENCES account (id),
  CONSTRAINT restriction_account_pkey PRIMARY KEY (restriction_id, account_id)
);
CREATE TABLE restriction_review (
  id uuid PRIMARY KEY,
  restriction_id uuid NOT NULL CONSTRAINT restriction_review_restriction_id_fkey REFERENCES restriction (id),
  reviewed_at timestamptz NOT NULL,
  reviewed_by_name text NOT NULL,
  note text NOT NULL,
  review_on date NOT NULL
);
CREATE INDEX restriction_review_restriction_idx ON restriction_review (restriction_id, reviewed_at DESC);
-- Everybody of a family or a household and everybody tied to somebody is looked up: without these each look read the
-- whole table, and asked of each row whether the reader may see it.
CREATE INDEX family_member_family_idx ON family_member (family_id);
CREATE INDEX household_member_household_idx ON household_member (household_id);
CREATE INDEX relationship_person_idx ON relationship (person_id);
CREATE INDEX parental_responsibility_child_idx ON parental_responsibility (child_id);
"""
_ALL = ("restriction_review", "restriction_account", "restriction_person", "restriction")

# Who keeps watch, who manages where the people are helped, and who decided it. Not those to whom it is closed by name,
# unless the decision was theirs.
_OVERSEEN = f"""EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = ANY(restriction.about)
  AND g.principal_id = ANY({rls.PRINCIPALS}) AND (g.until_at IS NULL OR g.until_at > now())
  AND g.reason IN ('supervisor', 'management'))"""
_SEEN = f"""{rls.SYSTEM} OR decided_by::text = (SELECT app_actor())
  OR (((SELECT app_reach()) = 'audit' OR {_OVERSEEN}) AND NOT (((SELECT closed_by_name())::uuid[]) && about))"""
_OF_ONE_SEEN = "EXISTS (SELECT 1 FROM restriction r WHERE r.id = {table}.restriction_id)"

_SEES = (
    "EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = {who} AND g.principal_id = ANY(app_principals())"
    " AND (g.until_at IS NULL OR g.until_at > now()) AND 'identity' = ANY(g.parts))"
)


_KIN = f"""
  SELECT t.known, dense_rank() OVER (ORDER BY t.unseen), t.kind, t.is_above, t.is_over FROM (
    SELECT r.other_id AS known, r.person_id AS unseen, r.kind, true AS is_above, r.until_on IS NOT NULL AS is_over
    FROM relationship r WHERE r.other_id = ANY(people)
    UNION ALL
    SELECT r.person_id, r.other_id, r.kind, false, r.until_on IS NOT NULL
    FROM relationship r WHERE r.person_id = ANY(people)
  ) AS t
  WHERE t.kind IN ('mother', 'father', 'parent', 'partner', 'former_partner') AND app_reach() <> 'system'
    AND {_SEES.format(who="t.known")} AND NOT {_SEES.format(who="t.unseen")}"""
_IS_HIDDEN = """EXISTS (
    SELECT 1 FROM household_member m JOIN person p ON p.id = m.person_id
    JOIN address a ON a.person_id = m.person_id AND a.do_not_disclose
      AND coalesce(a.from_on, '-infinity') <= coalesce(m.until_on, 'infinity')
      AND coalesce(a.until_on, 'infinity') >= coalesce(m.from_on, '-infinity')
    WHERE m.household_id = household AND (p.kind = 'adult' OR NOT EXISTS (
      SELECT 1 FROM address o WHERE o.person_id = m.person_id AND NOT o.do_not_disclose AND o.kind <> 'letters'
        AND coalesce(o.from_on, '-infinity') <= coalesce(m.until_on, 'infinity')
        AND coalesce(o.until_on, 'infinity') >= coalesce(m.from_on, '-infinity'))))"""
_IS_OPENED = """EXISTS (
    SELECT 1 FROM household_member m JOIN access_grant g ON g.person_id = m.person_id
    WHERE m.household_id = household AND g.principal_id = ANY(app_principals())
      AND (g.until_at IS NULL OR g.until_at > now()) AND g.reason <> 'recorded_it'
      AND 'hidden_whereabouts' = ANY(g.parts))"""
_OWNER = "STABLE SECURITY DEFINER SET search_path = public, pg_temp"
_KIN_ROWS = "RETURNS TABLE (person_id uuid, place bigint, kind text, is_above boolean, is_over boolean)"
_APART = f" AND t.known <> ALL({CLOSED}) AND t.unseen <> ALL({CLOSED})"

# What a page asks of everybody around a person (migration 0017 has the same in SQL): in plpgsql a connection plans each
# once and not in every statement. Of somebody whose record is closed to the reader the family tree says nothing.
_AROUND = f"""
CREATE OR REPLACE FUNCTION kin_unseen(people uuid[]) {_KIN_ROWS} LANGUAGE plpgsql {_OWNER} AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY {_KIN}{_APART};
END $$;
CREATE OR REPLACE FUNCTION household_is_hidden(household uuid) RETURNS boolean LANGUAGE plpgsql {_OWNER} AS $$
BEGIN
  RETURN {_IS_HIDDEN};
END $$;
CREATE OR REPLACE FUNCTION household_is_opened(household uuid) RETURNS boolean LANGUAGE plpgsql {_OWNER} AS $$
BEGIN
  RETURN {_IS_OPENED};
END $$;
"""
_AROUND_BEFORE = f"""
CREATE OR REPLACE FUNCTION kin_unseen(people uuid[]) {_KIN_ROWS} LANGUAGE sql {_OWNER} AS $$ {_KIN} $$;
CREATE OR REPLACE FUNCTION household_is_hidden(household uuid) RETURNS boolean LANGUAGE sql {_OWNER}
AS $$ SELECT {_IS_HIDDEN} $$;
CREATE OR REPLACE FUNCTION household_is_opened(household uuid) RETURNS boolean LANGUAGE sql {_OWNER}
AS $$ SELECT {_IS_OPENED} $$;
"""

_EARLIER = "DROP FUNCTION match_candidates; DROP FUNCTION search_exists; DROP FUNCTION search_people;"


def upgrade() -> None:
    op.execute(_TABLES)
    for function in closing.FUNCTIONS:
        op.execute(function)
    op.execute(rls.protect("restriction", read=_SEEN))
    for table in _ALL[:-1]:
        op.execute(rls.protect(table, read=f"{rls.SYSTEM} OR {_OF_ONE_SEEN.format(table=table)}"))
    op.execute(closing.OPEN_ALL)  # the restrictions themselves stay open to whoever watches over them
    op.execute(closing.CLOSE_ALL)
    shown = "episode_id <> ALL((SELECT closed_caseload())::uuid[])"
    op.execute(rls.restrict("caseload_entry", "closed", shown))
    op.execute(_EARLIER)
    for statement in (*finding_sql.FUNCTIONS, _AROUND, earlier("0021_matching.sql")):
        op.execute(statement)


def downgrade() -> None:
    op.execute(finding_sql.DROP_FUNCTIONS)
    op.execute(_AROUND_BEFORE)
    op.execute("DROP FUNCTION match_candidates;")
    op.execute(closing.OPEN_ALL)
    for table in _ALL:
        op.execute(rls.unprotect(table))
    op.execute(closing.DROP_FUNCTIONS)
    op.execute("DROP INDEX parental_responsibility_child_idx; DROP INDEX relationship_person_idx;")
    op.execute("DROP INDEX household_member_household_idx; DROP INDEX family_member_family_idx;")
    op.execute(earlier("0016_search.sql"))
