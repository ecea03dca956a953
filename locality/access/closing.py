"""Records that are closed to somebody, as the database keeps it: a wall that beats every grant. For migrations.

``closed_people()`` answers whom the actor of this transaction may not see although a grant, a role or an address of the
record would let them in. Each table that says whom a row is about has a restrictive policy that asks it
(``close_table``), the table of grants too: an actor for whom a record is closed holds no grant for it that counts.
"""

from locality.access.rls import APP_ROLE

# Whom restrictions of some modes close to the actor: the people named, the families of those for whom the restriction
# says so, and every record that is linked to one of them. The system's own work sees all.
_CLOSED = """
CREATE FUNCTION people_closed(modes text[]) RETURNS uuid[] LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  me CONSTANT uuid := CASE WHEN app_actor() ~ '^[0-9a-f]{8}-[0-9a-f-]{27}$' THEN app_actor()::uuid END;
  applies uuid[];
BEGIN
  IF app_reach() = 'system' THEN RETURN '{}'; END IF;
  applies := ARRAY(SELECT r.id FROM restriction AS r
    LEFT JOIN restriction_account AS a ON a.restriction_id = r.id AND a.account_id = me
    WHERE r.lifted_at IS NULL AND r.mode = ANY(modes) AND (r.until_at IS NULL OR r.until_at > now())
      AND (r.mode = 'open_to') = (a.account_id IS NULL));
  IF applies = '{}' THEN RETURN '{}'; END IF;
  RETURN ARRAY(
    WITH named AS (
      SELECT p.person_id, r.whole_family FROM restriction AS r JOIN restriction_person AS p ON p.restriction_id = r.id
      WHERE r.id = ANY(applies)
    ), kin AS (
      SELECT person_id FROM named
      UNION SELECT other.person_id FROM named
        JOIN family_member AS mine ON mine.person_id = named.person_id AND mine.until_on IS NULL
        JOIN family_member AS other ON other.family_id = mine.family_id AND other.until_on IS NULL
      WHERE named.whole_family
    )
    SELECT person_id FROM kin
    UNION SELECT them.person_id FROM kin JOIN linked_person AS me ON me.person_id = kin.person_id
      JOIN linked_person AS them ON them.lead_id = me.lead_id);
END $$;
-- Whoever keeps watch sees references and who looked, and no case content: a record that is open to a few named people
-- is closed to them by name alone, or nobody could review it.
CREATE FUNCTION closed_people() RETURNS uuid[] LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF app_reach() = 'audit' THEN RETURN people_closed(ARRAY['closed_to']); END IF;
  RETURN people_closed(ARRAY['closed_to', 'open_to']);
END $$;
-- People who are closed to the actor by name: nothing says to them that there is a record.
CREATE FUNCTION closed_by_name() RETURNS uuid[] LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN people_closed(ARRAY['closed_to']);
END $$;
-- Families on a caseload that are closed to the actor: the entry itself says nobody's name.
CREATE FUNCTION closed_caseload() RETURNS uuid[] LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  closed CONSTANT uuid[] := closed_people();
BEGIN
  IF closed = '{}' THEN RETURN '{}'; END IF;
  RETURN ARRAY(SELECT n.episode_id FROM caseload_name AS n WHERE closed && n.about);
END $$;
-- What those families add to the counts that are kept of a caseload, to be taken off what the actor is shown.
CREATE FUNCTION closed_tally() RETURNS TABLE (cluster_id uuid, lead_key uuid, stage integer, families integer,
  children integer) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  closed CONSTANT uuid[] := closed_caseload();
BEGIN
  IF closed = '{}' THEN RETURN; END IF;
  RETURN QUERY SELECT e.cluster_id, coalesce(e.lead_account_id, '00000000-0000-0000-0000-000000000000'::uuid), e.stage,
    count(*)::integer, sum(e.children)::integer
    FROM caseload_entry AS e WHERE e.episode_id = ANY(closed) GROUP BY 1, 2, 3;
END $$;
"""

# Puts the wall around a table: each column that says whom a row is about by its name or by its foreign key.
_CLOSE_TABLE = f"""
CREATE FUNCTION close_table(wanted regclass) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  closed CONSTANT text := '((SELECT closed_people())::uuid[])';
  conditions text;
BEGIN
  SELECT string_agg(
      CASE WHEN c.atttypid = 'uuid[]'::regtype THEN format('NOT (%I.%I && %s)', t.relname, c.attname, closed)
        WHEN c.attnotnull THEN format('%I.%I <> ALL(%s)', t.relname, c.attname, closed)
        ELSE format('(%I.%I IS NULL OR %I.%I <> ALL(%s))', t.relname, c.attname, t.relname, c.attname, closed) END,
      ' AND ' ORDER BY c.attnum)
    INTO conditions
    FROM pg_attribute AS c JOIN pg_class AS t ON t.oid = c.attrelid
    WHERE c.attrelid = wanted AND c.attnum > 0 AND NOT c.attisdropped AND (
      (c.atttypid = 'uuid[]'::regtype AND c.attname IN ('about', 'subjects'))
      OR (c.atttypid = 'uuid'::regtype AND (c.attname = 'person_id' OR (t.relname, c.attname) = ('person', 'id')
        OR EXISTS (SELECT FROM pg_constraint AS f WHERE f.conrelid = wanted AND f.contype = 'f'
          AND f.confrelid = 'person'::regclass AND f.conkey = ARRAY[c.attnum]))));
  IF conditions IS NULL THEN RETURN; END IF;
  EXECUTE format('CREATE POLICY %I ON %s AS RESTRICTIVE FOR ALL TO {APP_ROLE} USING (%s) WITH CHECK (true)',
    (SELECT relname FROM pg_class WHERE oid = wanted) || '_closed', wanted, conditions);
END $$;
"""  # noqa: S608
_MAY_ASK = f"""
REVOKE ALL ON FUNCTION people_closed, closed_people, closed_by_name, closed_caseload, closed_tally, close_table
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION closed_people, closed_by_name, closed_caseload, closed_tally TO {APP_ROLE};
"""
FUNCTIONS = (_CLOSED, _CLOSE_TABLE, _MAY_ASK)
DROP_FUNCTIONS = (
    "DROP FUNCTION close_table(regclass); DROP FUNCTION closed_tally, closed_caseload, closed_by_name, closed_people;"
    " DROP FUNCTION people_closed;"
)

# Every table that stands already; those of later migrations get their wall from ``rls.protect``.
CLOSE_ALL = """
DO $$
DECLARE one regclass;
BEGIN
  FOR one IN SELECT c.oid FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    AND c.relname NOT LIKE 'restriction%' ORDER BY c.relname
  LOOP PERFORM close_table(one); END LOOP;
END $$;
"""
OPEN_ALL = """
DO $$
DECLARE one record;
BEGIN
  FOR one IN SELECT c.relname, p.polname FROM pg_policy AS p JOIN pg_class AS c ON c.oid = p.polrelid
    WHERE c.relnamespace = 'public'::regnamespace AND p.polname = c.relname || '_closed'
  LOOP EXECUTE format('DROP POLICY %I ON %I', one.polname, one.relname); END LOOP;
END $$;
"""
