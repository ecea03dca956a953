"""Decisions about two records: one person, one household, or neither. Rows never move when records are linked."""

from alembic import op

from locality.access import rls
from locality.access.parts import Part

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_DECISIONS = """
CREATE TABLE link_decision (
  id uuid PRIMARY KEY,
  one_id uuid NOT NULL CONSTRAINT link_decision_one_id_fkey REFERENCES person (id),
  other_id uuid NOT NULL CONSTRAINT link_decision_other_id_fkey REFERENCES person (id),
  kind text NOT NULL CONSTRAINT link_decision_kind_check CHECK (kind IN ('same_person', 'same_household', 'not_same')),
  reason text NOT NULL,
  findings jsonb NOT NULL,
  decided_at timestamptz NOT NULL,
  decided_by uuid,
  decided_by_name text NOT NULL,
  household_id uuid CONSTRAINT link_decision_household_id_fkey REFERENCES household (id) ON DELETE SET NULL,
  undone_at timestamptz,
  undone_by uuid,
  undone_by_name text,
  undone_reason text,
  CONSTRAINT link_decision_in_order_check CHECK (one_id < other_id),
  CONSTRAINT link_decision_undone_check CHECK ((undone_at IS NULL) = (undone_reason IS NULL))
);
CREATE UNIQUE INDEX link_decision_one_open ON link_decision (one_id, other_id)
  WHERE undone_at IS NULL AND kind <> 'same_household';
CREATE UNIQUE INDEX link_decision_one_household ON link_decision (one_id, other_id)
  WHERE undone_at IS NULL AND kind = 'same_household';
CREATE INDEX link_decision_one_idx ON link_decision (one_id);
CREATE INDEX link_decision_other_idx ON link_decision (other_id);
CREATE INDEX link_decision_decided_idx ON link_decision (decided_at DESC, id);

-- Who is linked to whom now, flattened: everybody in a set of linked records, with the record that leads it.
CREATE TABLE linked_person (
  person_id uuid PRIMARY KEY CONSTRAINT linked_person_person_id_fkey REFERENCES person (id),
  lead_id uuid NOT NULL CONSTRAINT linked_person_lead_id_fkey REFERENCES person (id)
);
CREATE INDEX linked_person_lead_idx ON linked_person (lead_id);

CREATE TABLE link_return (
  id uuid PRIMARY KEY,
  decision_id uuid NOT NULL CONSTRAINT link_return_decision_id_fkey REFERENCES link_decision (id),
  record_kind text NOT NULL,
  record_id uuid NOT NULL,
  from_id uuid NOT NULL CONSTRAINT link_return_from_id_fkey REFERENCES person (id),
  to_id uuid NOT NULL CONSTRAINT link_return_to_id_fkey REFERENCES person (id),
  returned_at timestamptz NOT NULL,
  returned_by uuid,
  returned_by_name text NOT NULL
);
CREATE INDEX link_return_decision_idx ON link_return (decision_id);
"""

_GRANTS = """
ALTER TABLE access_grant ADD COLUMN linked_from uuid;
CREATE INDEX access_grant_linked_idx ON access_grant (linked_from) WHERE linked_from IS NOT NULL;

-- What a grant opens of another record of the same person. Hidden whereabouts never; whereabouts not where anybody
-- in the set has something that must not be disclosed; and nothing for reasons that are not listed here.
CREATE FUNCTION linked_parts(reason text, parts text[], person uuid) RETURNS text[] LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(part ORDER BY part), '{}') FROM unnest(parts) AS part
  WHERE reason IN ('front_door', 'lead_professional', 'team_around_child', 'receiving_service', 'cluster_agreement',
      'supervisor', 'management', 'cover')
    AND part <> 'hidden_whereabouts'
    AND (part <> 'whereabouts' OR NOT EXISTS (
      SELECT 1 FROM linked_person AS me JOIN linked_person AS them ON them.lead_id = me.lead_id
      WHERE me.person_id = person AND (
        EXISTS (SELECT 1 FROM address AS a WHERE a.person_id = them.person_id AND a.do_not_disclose)
        OR EXISTS (SELECT 1 FROM contact_point AS c WHERE c.person_id = them.person_id AND c.do_not_disclose))))
$$;

-- A grant given for one record of a set reaches the others. The lock makes linking wait for grants that are being
-- given, and giving wait for a link that is being made or undone: no grant misses a link, none outlives it.
CREATE FUNCTION grants_reach_linked() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM person AS p WHERE p.id IN (SELECT f.person_id FROM fresh AS f WHERE f.linked_from IS NULL)
    FOR KEY SHARE;
  INSERT INTO access_grant (id, person_id, principal_id, reason, parts, record_id, from_at, until_at, given_by,
      linked_from)
  SELECT gen_random_uuid(), them.person_id, f.principal_id, f.reason, opened.parts, f.record_id, f.from_at, f.until_at,
    f.given_by, f.id
  FROM fresh AS f
  JOIN linked_person AS me ON me.person_id = f.person_id
  JOIN linked_person AS them ON them.lead_id = me.lead_id AND them.person_id <> me.person_id
  CROSS JOIN LATERAL (SELECT linked_parts(f.reason, f.parts, them.person_id) AS parts) AS opened
  WHERE f.linked_from IS NULL AND opened.parts <> '{}';
  RETURN NULL;
END $$;
CREATE TRIGGER grants_reach_linked AFTER INSERT ON access_grant
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)
  EXECUTE FUNCTION grants_reach_linked();

-- What follows from a grant ends with it.
CREATE FUNCTION grants_end_linked() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE access_grant AS follows SET until_at = f.until_at FROM fresh AS f
  WHERE follows.linked_from = f.id AND f.until_at IS NOT NULL
    AND (follows.until_at IS NULL OR follows.until_at > f.until_at);
  RETURN NULL;
END $$;
CREATE TRIGGER grants_end_linked AFTER UPDATE ON access_grant
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)
  EXECUTE FUNCTION grants_end_linked();

-- Something was hidden: what came by a link opens no whereabouts any more, of anybody in the set.
CREATE FUNCTION linked_whereabouts_close() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE access_grant AS g SET parts = array_remove(g.parts, 'whereabouts')
  FROM linked_person AS me JOIN linked_person AS them ON them.lead_id = me.lead_id
  WHERE me.person_id = NEW.person_id AND g.person_id = them.person_id AND g.linked_from IS NOT NULL
    AND 'whereabouts' = ANY(g.parts);
  RETURN NULL;
END $$;
CREATE TRIGGER linked_whereabouts_close AFTER INSERT OR UPDATE OF do_not_disclose ON address
  FOR EACH ROW WHEN (NEW.do_not_disclose) EXECUTE FUNCTION linked_whereabouts_close();
CREATE TRIGGER linked_whereabouts_close AFTER INSERT OR UPDATE OF do_not_disclose ON contact_point
  FOR EACH ROW WHEN (NEW.do_not_disclose) EXECUTE FUNCTION linked_whereabouts_close();

-- After the sets of these people changed: end what no link carries any more, give what a link carries now.
CREATE FUNCTION linked_grants_settle(people uuid[], at timestamptz) RETURNS void LANGUAGE sql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE access_grant AS follows SET until_at = at FROM access_grant AS given
  WHERE follows.person_id = ANY(people) AND follows.linked_from = given.id
    AND (follows.until_at IS NULL OR follows.until_at > at)
    AND NOT EXISTS (SELECT 1 FROM linked_person AS me JOIN linked_person AS them ON them.lead_id = me.lead_id
      WHERE me.person_id = given.person_id AND them.person_id = follows.person_id);
  INSERT INTO access_grant (id, person_id, principal_id, reason, parts, record_id, from_at, until_at, given_by,
      linked_from)
  SELECT gen_random_uuid(), them.person_id, g.principal_id, g.reason, opened.parts, g.record_id, at, g.until_at,
    g.given_by, g.id
  FROM access_grant AS g
  JOIN linked_person AS me ON me.person_id = g.person_id
  JOIN linked_person AS them ON them.lead_id = me.lead_id AND them.person_id <> me.person_id
  CROSS JOIN LATERAL (SELECT linked_parts(g.reason, g.parts, them.person_id) AS parts) AS opened
  WHERE g.person_id = ANY(people) AND g.linked_from IS NULL AND (g.until_at IS NULL OR g.until_at > at)
    AND opened.parts <> '{}'
    AND NOT EXISTS (SELECT 1 FROM access_grant AS known WHERE known.linked_from = g.id
      AND known.person_id = them.person_id AND (known.until_at IS NULL OR known.until_at > at));
  UPDATE access_grant AS g SET parts = linked_parts(g.reason, g.parts, g.person_id)
  WHERE g.person_id = ANY(people) AND g.linked_from IS NOT NULL AND (g.until_at IS NULL OR g.until_at > at)
    AND g.parts <> linked_parts(g.reason, g.parts, g.person_id);
$$;
REVOKE ALL ON FUNCTION linked_parts, linked_grants_settle, grants_reach_linked, grants_end_linked,
  linked_whereabouts_close FROM PUBLIC;
"""

_DROP_GRANTS = """
DROP FUNCTION linked_grants_settle;
DROP TRIGGER linked_whereabouts_close ON contact_point;
DROP TRIGGER linked_whereabouts_close ON address;
DROP FUNCTION linked_whereabouts_close;
DROP TRIGGER grants_end_linked ON access_grant;
DROP FUNCTION grants_end_linked;
DROP TRIGGER grants_reach_linked ON access_grant;
DROP FUNCTION grants_reach_linked;
DROP FUNCTION linked_parts;
ALTER TABLE access_grant DROP COLUMN linked_from;
"""

_INDEX = "(SELECT app_reach()) = 'people_index'"
# The data protection lead sees that two records were decided about, and by whom; the people stay references.
_DECIDERS = f"{rls.SYSTEM} OR (SELECT app_reach()) IN ('people_index', 'audit')"


def upgrade() -> None:
    op.execute(_DECISIONS)
    op.execute(_GRANTS)
    op.execute(f"GRANT EXECUTE ON FUNCTION linked_grants_settle TO {rls.APP_ROLE};")
    # A decision shows only to who may see both ends, as a relation does; that two share a household says where somebody
    # lives, and shows to nobody by a grant.
    ends = " AND ".join(rls.granted_person(Part.IDENTITY, f"link_decision.{end}") for end in ("one_id", "other_id"))
    seen = f"{_DECIDERS} OR (kind <> 'same_household' AND {ends})"
    op.execute(rls.protect("link_decision", read=seen, write=_DECIDERS))
    op.execute(rls.protect("link_return", read=_DECIDERS, write=_DECIDERS))
    sees = rls.granted_person(Part.IDENTITY, "linked_person.person_id")
    op.execute(rls.protect("linked_person", read=f"{rls.SYSTEM} OR {_INDEX} OR {sees}", write=rls.SYSTEM))


def downgrade() -> None:
    op.execute(_DROP_GRANTS)
    for table in ("link_return", "linked_person", "link_decision"):
        op.execute(rls.unprotect(table))
