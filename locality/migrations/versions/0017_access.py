"""Access that follows from a fact ends with it: which role came with being named lead, what membership rests on."""

from alembic import op

from locality.access import rls
from locality.access.parts import Part

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_TABLES = """
ALTER TABLE case_role ADD COLUMN gave_role_id uuid
  CONSTRAINT case_role_gave_role_id_fkey REFERENCES role_assignment (id);
ALTER TABLE case_role ADD COLUMN override_id uuid
  CONSTRAINT case_role_override_id_fkey REFERENCES share_override (id);

CREATE TABLE share_override_person (
  override_id uuid NOT NULL CONSTRAINT share_override_person_override_id_fkey REFERENCES share_override (id),
  person_id uuid NOT NULL CONSTRAINT share_override_person_person_id_fkey REFERENCES person (id),
  CONSTRAINT share_override_person_pkey PRIMARY KEY (person_id, override_id)
);
"""
_FILL = """
INSERT INTO share_override_person (override_id, person_id)
SELECT DISTINCT id, unnest(about) FROM share_override;
"""

# Parents, children and partners of people whom the actor may see, where the actor may not see them: that there is
# somebody, numbered, and nothing else of them. A family tree then shows "someone else" and not a gap.
_SEEN = (
    "EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = {who} AND g.principal_id = ANY(app_principals())"
    " AND (g.until_at IS NULL OR g.until_at > now()) AND 'identity' = ANY(g.parts))"
)
_KIN = f"""
CREATE FUNCTION kin_unseen(people uuid[])
RETURNS TABLE (person_id uuid, place bigint, kind text, is_above boolean, is_over boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT t.known, dense_rank() OVER (ORDER BY t.unseen), t.kind, t.is_above, t.is_over FROM (
    SELECT r.other_id AS known, r.person_id AS unseen, r.kind, true AS is_above, r.until_on IS NOT NULL AS is_over
    FROM relationship r WHERE r.other_id = ANY(people)
    UNION ALL
    SELECT r.person_id, r.other_id, r.kind, false, r.until_on IS NOT NULL
    FROM relationship r WHERE r.person_id = ANY(people)
  ) AS t
  WHERE t.kind IN ('mother', 'father', 'parent', 'partner', 'former_partner') AND app_reach() <> 'system'
    AND {_SEEN.format(who="t.known")} AND NOT {_SEEN.format(who="t.unseen")}
$$;
-- A household whose address must not be disclosed, now or when somebody lived in it: who has moved on is as much in
-- danger by where they were. A child may live there and in an open home too: the child's open home is not hidden by it,
-- an adult's would be.
CREATE FUNCTION household_is_hidden(household uuid)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM household_member m JOIN person p ON p.id = m.person_id
    JOIN address a ON a.person_id = m.person_id AND a.do_not_disclose
      AND coalesce(a.from_on, '-infinity') <= coalesce(m.until_on, 'infinity')
      AND coalesce(a.until_on, 'infinity') >= coalesce(m.from_on, '-infinity')
    WHERE m.household_id = household AND (p.kind = 'adult' OR NOT EXISTS (
      SELECT 1 FROM address o WHERE o.person_id = m.person_id AND NOT o.do_not_disclose AND o.kind <> 'letters'
        AND coalesce(o.from_on, '-infinity') <= coalesce(m.until_on, 'infinity')
        AND coalesce(o.until_on, 'infinity') >= coalesce(m.from_on, '-infinity'))))
$$;
CREATE FUNCTION household_is_opened(household uuid)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM household_member m JOIN access_grant g ON g.person_id = m.person_id
    WHERE m.household_id = household AND g.principal_id = ANY(app_principals())
      AND (g.until_at IS NULL OR g.until_at > now()) AND g.reason <> 'recorded_it'
      AND 'hidden_whereabouts' = ANY(g.parts))
$$;
REVOKE ALL ON FUNCTION kin_unseen, household_is_hidden, household_is_opened FROM PUBLIC;
"""
_MAY_ASK = f"GRANT EXECUTE ON FUNCTION kin_unseen, household_is_hidden, household_is_opened TO {rls.APP_ROLE};"


def upgrade() -> None:
    op.execute(_TABLES)
    op.execute(_FILL)
    op.execute(rls.protect_person_rows("share_override_person", Part.STORY))
    op.execute(_KIN)
    op.execute(_MAY_ASK)
    for table, column in (("household", "id"), ("household_member", "household_id")):
        shown = f"{rls.SYSTEM} OR NOT household_is_hidden({table}.{column}) OR household_is_opened({table}.{column})"
        op.execute(rls.restrict(table, "do_not_disclose", shown))


def downgrade() -> None:
    for table in ("household", "household_member"):
        op.execute(f"DROP POLICY {table}_do_not_disclose ON {table};")
    op.execute("DROP FUNCTION household_is_opened, household_is_hidden, kin_unseen;")
    op.execute(rls.unprotect("share_override_person"))
    op.execute("ALTER TABLE case_role DROP COLUMN override_id, DROP COLUMN gave_role_id;")
