"""The search box as the database keeps it: people by name, date, number, postcode or telephone, whether a record exists
that the searcher may not open, and what tells namesakes apart. For the migrations.
"""

from locality.access import rls
from locality.search.conditions import CLOSED, is_granted, may_be_told

# One custom plan a question: which conditions there are differs from search to search. No sequential scan, whatever the
# statistics say of how rare a name is.
_PLANNED = """LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off
SET jit = off"""

# Candidates come first, from indexes: people with the very words, then words that begin so, and where those are few
# what may have been meant, and of three words or more all but one. Who holds grants for few people (nearly everybody
# but the front door) is searched among those alone. Only our own constants are written into the text.
SEARCH = f"""
CREATE FUNCTION search_people(p_names text, p_dates date[], p_postcode text, p_number text, p_reference text,
  p_phone text, p_offset integer, p_size integer)
RETURNS TABLE (person_id uuid, reference text, kind text, given_name text, family_name text, known_as text,
  born_on date, born_on_estimated boolean, due_on date, died_on date, score real, more boolean)
{_PLANNED} SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
  most CONSTANT integer := 300;
  enough CONSTANT integer := 20;
  few CONSTANT integer := 20000;
  wide integer := most;
  place CONSTANT text := search_escaped(p_postcode) || '%';
  words CONSTANT text[] := search_words(p_names, 4);
  free boolean := app_reach() IN ('system', 'people_index');
  mine uuid[]; placed uuid[]; phoned uuid[]; ids uuid[]; got uuid[]; cut boolean := false; now_cut boolean;
  ords integer[]; alikes text[]; weights real[]; dropped integer;
  one text[]; two text[]; three text[]; four text[]; attempt integer;
BEGIN
  IF p_reference IS NULL AND p_number IS NULL AND p_postcode IS NULL AND p_phone IS NULL AND p_dates = '{{}}'
    AND words = '{{}}' THEN RETURN; END IF;
  IF NOT free THEN
    SELECT array_agg(DISTINCT held.person_id) INTO mine FROM (
      SELECT g.person_id FROM access_grant AS g WHERE g.principal_id = ANY(app_principals())
        AND (g.until_at IS NULL OR g.until_at > now()) AND 'identity' = ANY(g.parts) LIMIT few + 1) AS held;
    IF mine IS NULL THEN RETURN; END IF;
    IF cardinality(mine) > few THEN mine := NULL; ELSE free := true; END IF;
  END IF;
  IF p_phone IS NOT NULL THEN
    phoned := ARRAY(SELECT c.person_id FROM contact_point AS c
      WHERE phone_figures(c.value) = p_phone AND c.kind <> 'email' AND {may_be_told("c")} LIMIT most);
  END IF;
  IF p_postcode IS NOT NULL THEN
    SELECT coalesce(array_agg(held.person_id), '{{}}') INTO placed FROM (
      SELECT a.person_id FROM address AS a WHERE a.postcode LIKE place AND a.until_on IS NULL
        AND (mine IS NULL OR a.person_id = ANY(mine)) AND {may_be_told("a")}
      LIMIT 3 * most + 1) AS held;
    IF cardinality(placed) > 3 * most AND (words <> '{{}}' OR p_dates <> '{{}}') THEN placed := NULL; END IF;
  END IF;
  -- What is checked after the index has found candidates needs more of them to choose from.
  IF NOT free OR (p_postcode IS NOT NULL AND placed IS NULL) THEN wide := 10 * most; END IF;
  FOR attempt IN 0 .. CASE WHEN words = '{{}}' THEN 0 WHEN cardinality(words) < 3 THEN 2 ELSE 2 + cardinality(words) END
  LOOP
    EXIT WHEN (attempt <= 2 AND cardinality(ids) >= enough) OR (attempt > 2 AND ids IS NOT NULL);
    IF attempt = 0 THEN
      SELECT array_agg(w.ord), array_agg(w.typed), array_agg(1.0::real) INTO ords, alikes, weights
        FROM unnest(words) WITH ORDINALITY AS w (typed, ord);
      ords := coalesce(ords, '{{}}');
    ELSIF attempt <= 2 THEN
      SELECT coalesce(array_agg(w.ord), '{{}}'), coalesce(array_agg(a.word), '{{}}'),
             coalesce(array_agg(a.weight), '{{}}')
        INTO ords, alikes, weights
        FROM unnest(words) WITH ORDINALITY AS w (typed, ord),
          LATERAL search_alike(w.typed, 200, 2 * (attempt - 1)) AS a;
    END IF;
    dropped := attempt - 2;
    one := search_meant(1, dropped, words, ords, alikes);
    two := search_meant(2, dropped, words, ords, alikes);
    three := search_meant(3, dropped, words, ords, alikes);
    four := search_meant(4, dropped, words, ords, alikes);
    SELECT array_agg(seen.id), bool_or(seen.cut) INTO got, now_cut FROM (
      SELECT near.id, near.found >= wide AS cut FROM (SELECT few.id, count(*) OVER () AS found FROM (
        SELECT p.id FROM person AS p
        WHERE (p_reference IS NULL OR p.reference = p_reference)
          AND (p_number IS NULL OR p.nhs_number = p_number OR p.upn = p_number)
          AND (p_dates = '{{}}' OR p.born_on = ANY(p_dates) OR p.due_on = ANY(p_dates))
          AND (one IS NULL OR p.name_words && one) AND (two IS NULL OR p.name_words && two)
          AND (three IS NULL OR p.name_words && three) AND (four IS NULL OR p.name_words && four)
          AND (phoned IS NULL OR p.id = ANY(phoned))
          AND (placed IS NULL OR p.id = ANY(placed)) AND (mine IS NULL OR p.id = ANY(mine)) AND p.id <> ALL({CLOSED})
        LIMIT wide) AS few) AS near
      LEFT JOIN LATERAL (SELECT true AS yes FROM access_grant AS g WHERE NOT free AND g.person_id = near.id
        AND g.principal_id = ANY(app_principals()) AND (g.until_at IS NULL OR g.until_at > now())
        AND 'identity' = ANY(g.parts) LIMIT 1) AS granted ON true
      LEFT JOIN LATERAL (SELECT true AS yes FROM address AS a WHERE p_postcode IS NOT NULL AND placed IS NULL
        AND a.person_id = near.id AND a.postcode LIKE place AND a.until_on IS NULL AND {may_be_told("a")} LIMIT 1)
        AS lives ON true
      WHERE (free OR granted.yes) AND (p_postcode IS NULL OR placed IS NOT NULL OR lives.yes)
      LIMIT most) AS seen;
    ids := ids || got;
    cut := cut OR coalesce(now_cut, false) OR cardinality(got) >= most;
  END LOOP;
  RETURN QUERY
    WITH candidate AS MATERIALIZED (SELECT p.* FROM person AS p WHERE p.id = ANY(ids)),
    fit AS (
      SELECT c.id, m.ord, max(m.weight) AS best
      FROM candidate AS c, unnest(c.name_words) AS w JOIN unnest(ords, alikes, weights) AS m (ord, word, weight)
        ON m.word = w
      GROUP BY c.id, m.ord),
    scored AS (SELECT f.id, sum(f.best)::real AS score FROM fit AS f GROUP BY f.id)
    SELECT c.id, c.reference, c.kind, c.given_name, c.family_name, c.known_as, c.born_on, c.born_on_estimated, c.due_on,
      c.died_on, coalesce(s.score, 0)::real, cut
    FROM candidate AS c LEFT JOIN scored AS s ON s.id = c.id
    ORDER BY coalesce(s.score, 0) DESC, lower(c.family_name), lower(c.given_name), c.born_on, c.id
    OFFSET p_offset LIMIT p_size;
END $$;
"""  # noqa: S608

# People whom the searcher may not open, though what was typed names exactly one of them: a number of theirs, or a whole
# name with the birth date. Never by a name alone, so that nobody can leaf through who is on record. Only ids come out:
# those that may be told of, for saying that a record exists and whom to ask; those that are closed to the searcher by
# name, for the audit log alone.
EXISTS = f"""
CREATE FUNCTION search_exists(p_names text, p_dates date[], p_number text) RETURNS TABLE (person_id uuid, told boolean)
{_PLANNED} SET plan_cache_mode = force_generic_plan AS $$
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
    WHERE p.id = ANY(ids) AND (p.id = ANY(closed) OR (app_reach() = 'none' AND NOT {is_granted("p.id")}));
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
  WHERE a.person_id = ANY(people) AND a.person_id <> ALL({CLOSED}) AND a.until_on IS NULL AND a.kind <> 'letters'
    AND NOT a.do_not_disclose AND {may_be_told("a")}
    AND NOT EXISTS (SELECT FROM address AS h WHERE h.person_id = a.person_id AND h.do_not_disclose)
  ORDER BY a.person_id, a.from_on DESC NULLS LAST, a.id
$$;
"""  # noqa: S608
GRANTS = "".join(
    f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC; GRANT EXECUTE ON FUNCTION {name} TO {rls.APP_ROLE};"
    for name in ("search_people", "search_exists", "search_streets")
)
FUNCTIONS = (SEARCH, EXISTS, STREETS, GRANTS)
DROP_FUNCTIONS = "DROP FUNCTION search_streets, search_exists, search_people;"
