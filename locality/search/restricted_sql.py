"""The search where records may be closed to the searcher (``access.closing``), and what tells namesakes apart.

For the migrations.
"""

from locality.access import rls
from locality.access.parts import Part
from locality.search.finding_sql import search_people
from locality.search.matching_sql import may_be_told

_CLOSED = "((SELECT closed_people())::uuid[])"
SEARCH = search_people(f" AND p.id <> ALL({_CLOSED})")

_PLANNED = """LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off
SET jit = off SET plan_cache_mode = force_generic_plan"""
_GRANTED = rls.granted_person(Part.IDENTITY, "p.id")

# People whom the searcher may not open, though what was typed names exactly one of them: a number of theirs, or a whole
# name with the birth date. Never by a name alone, so that nobody can leaf through who is on record. Only ids come out:
# those that may be told of, for saying that a record exists and whom to ask; those that are closed to the searcher by
# name, for the audit log alone.
EXISTS = f"""
CREATE FUNCTION search_exists(p_names text, p_dates date[], p_number text) RETURNS TABLE (person_id uuid, told boolean)
{_PLANNED} AS $$
#variable_conflict use_column
DECLARE
  words CONSTANT text[] := search_words(p_names, 6);
  closed CONSTANT uuid[] := closed_people();
  by_name uuid[];
  ids uuid[] := '{{}}';
BEGIN
  IF app_reach() NOT IN ('none', 'people_index') OR app_principals() = '{{}}'
    OR (closed = '{{}}' AND app_reach() = 'people_index') THEN RETURN; END IF;
  IF p_number IS NOT NULL THEN
    ids := ARRAY(SELECT p.id FROM person AS p WHERE p.nhs_number = p_number LIMIT 5)
      || ARRAY(SELECT p.id FROM person AS p WHERE p.upn = p_number LIMIT 5);
  ELSIF p_dates <> '{{}}' AND cardinality(words) >= 2 THEN
    ids := ARRAY(
      WITH same_day AS MATERIALIZED (SELECT p.* FROM person AS p WHERE p.born_on = ANY(p_dates) LIMIT 4000)
      SELECT p.id FROM same_day AS p WHERE p.name_words @> words
        AND name_words(p.given_name || ' ' || p.known_as) && words
        AND name_words(p.family_name || ' ' || array_to_string(p.previous_names, ' ')) && words LIMIT 5);
  END IF;
  by_name := CASE WHEN closed = '{{}}' THEN '{{}}' ELSE closed_by_name() END;
  RETURN QUERY SELECT p.id, p.id <> ALL(by_name) FROM person AS p
    WHERE p.id = ANY(ids) AND (p.id = ANY(closed) OR (app_reach() = 'none' AND NOT {_GRANTED}));
END $$;
"""  # noqa: S608

# Where people who are found live, by street and district and never by number, as far as the searcher may be told; of
# somebody with a hidden address nothing.
STREETS = f"""
CREATE FUNCTION search_streets(people uuid[]) RETURNS TABLE (person_id uuid, street text) LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT ON (a.person_id) a.person_id, concat_ws(', ',
    nullif(btrim(regexp_replace(a.lines[1], '^(flat|unit|apartment)?\\s*[0-9]+[a-z]?\\s*,?\\s*', '', 'i')), ''),
    split_part(a.postcode, ' ', 1))
  FROM address AS a
  WHERE a.person_id = ANY(people) AND a.person_id <> ALL({_CLOSED}) AND a.until_on IS NULL AND a.kind <> 'letters'
    AND NOT a.do_not_disclose AND {may_be_told("a")}
    AND NOT EXISTS (SELECT FROM address AS h WHERE h.person_id = a.person_id AND h.do_not_disclose)
  ORDER BY a.person_id, a.from_on DESC NULLS LAST, a.id
$$;
"""  # noqa: S608

_SEEN = (
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
    AND {_SEEN.format(who="t.known")} AND NOT {_SEEN.format(who="t.unseen")}"""  # noqa: S608
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
_APART = f" AND t.known <> ALL({_CLOSED}) AND t.unseen <> ALL({_CLOSED})"

# What a page asks of everybody around a person (migration 0017 has the same in SQL): in plpgsql a connection plans each
# once and not in every statement. Of somebody whose record is closed to the reader the family tree says nothing.
AROUND = f"""
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


GRANTS = "".join(
    f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC; GRANT EXECUTE ON FUNCTION {name} TO {rls.APP_ROLE};"
    for name in ("search_people", "search_exists", "search_streets")
)
FUNCTIONS = (SEARCH, EXISTS, STREETS, AROUND, GRANTS)
DROP_FUNCTIONS = f"DROP FUNCTION search_streets, search_exists, search_people; {_AROUND_BEFORE}"
