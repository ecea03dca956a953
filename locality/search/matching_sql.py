"""Who on record may be somebody who is being entered: blocking keys, their indexes, and the function that uses them.

A key is a short text that two records of one person are likely to share: a birth date with the sound of one name, the
sounds of two names with a year of birth, a house number with the sound of its street, a telephone number. Each stands
in an index over arrays, so that candidates are looked up and nobody walks over all people. The application weighs them
(``people.rules.matching``). For the migrations.
"""

from locality.access import rls
from locality.access.parts import Part
from locality.search.sql import INDEX, sees_hidden

# Keys of people. "d": a birth date (days since 1900) and the sound of a name; "y": a year of birth and the sounds of
# two names in either order, "n" where the birth date is not known; "p": the two sounds alone.
KEYS = """
CREATE FUNCTION match_sound(word text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN coalesce(nullif(dmetaphone(word), ''), left(word, 6));
CREATE FUNCTION match_sounds(words text[]) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
BEGIN ATOMIC
  SELECT coalesce(array_agg(DISTINCT match_sound(w.word)), '{}')
  FROM (SELECT word FROM unnest(words) AS u (word) WHERE length(word) <= 60 LIMIT 16) AS w;
END;
CREATE FUNCTION person_match_keys(born_on date, words text[]) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  sounds CONSTANT text[] := public.match_sounds(words);
  day CONSTANT text := 'd' || (born_on - DATE '1900-01-01');
  year CONSTANT text := coalesce('y' || extract(year FROM born_on)::integer, 'n');
  keys text[] := '{}'; one text; other text;
BEGIN
  FOREACH one IN ARRAY sounds LOOP
    IF born_on IS NOT NULL THEN keys := keys || (day || one); END IF;
    FOREACH other IN ARRAY sounds LOOP
      IF one < other THEN keys := keys || ARRAY['p' || one || '/' || other, year || one || '/' || other]; END IF;
    END LOOP;
  END LOOP;
  RETURN keys;
END $$;
-- Keys of an address: each house number with its postcode and with the sounds of the words around it, but for those
-- that stand in every second address.
CREATE FUNCTION address_match_keys(lines text[], postcode text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  words CONSTANT text[] := public.name_words(array_to_string(lines[1:3], ' '));
  figures text[]; streets text[];
BEGIN
  SELECT array_agg(w) FILTER (WHERE w ~ '^[0-9]{1,6}[a-z]?$'), array_agg(w) FILTER (WHERE w !~ '[0-9]'
      AND length(w) BETWEEN 3 AND 40 AND w <> ALL (ARRAY['street', 'road', 'avenue', 'close', 'drive', 'lane', 'court',
      'place', 'crescent', 'gardens', 'way', 'flat', 'house', 'the', 'southend', 'sea', 'westcliff', 'leigh']))
    INTO figures, streets FROM (SELECT w FROM unnest(words) AS u (w) LIMIT 10) AS first_few;
  RETURN ARRAY(
    SELECT f || '/' || upper(replace(postcode, ' ', '')) FROM unnest(figures[1:2]) AS f WHERE postcode IS NOT NULL
    UNION SELECT f || '/' || public.match_sound(s) FROM unnest(figures[1:2]) AS f, unnest(streets[1:4]) AS s);
END $$;
-- A telephone number as its figures, written nationally: spaces, brackets and +44 make no difference.
CREATE FUNCTION phone_figures(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN regexp_replace(regexp_replace(value, '\\(0\\)|[^0-9]', '', 'g'), '^(00)?44(?=[1-9][0-9]{8,9}$)', '0');
CREATE INDEX person_match_keys_idx ON person USING gin (person_match_keys(born_on, name_words))
  WITH (fastupdate = off);
CREATE INDEX address_match_keys_idx ON address USING gin (address_match_keys(lines, postcode))
  WITH (fastupdate = off);
CREATE INDEX contact_point_figures_idx ON contact_point (phone_figures(value)) WHERE kind <> 'email';
"""
DROP_KEYS = """
DROP INDEX contact_point_figures_idx; DROP INDEX address_match_keys_idx; DROP INDEX person_match_keys_idx;
DROP FUNCTION phone_figures; DROP FUNCTION address_match_keys; DROP FUNCTION person_match_keys;
DROP FUNCTION match_sounds; DROP FUNCTION match_sound;
"""

VISIBLE = f"({rls.SYSTEM} OR {INDEX} OR {rls.granted_person(Part.IDENTITY, 'p.id')})"


def may_be_told(table: str) -> str:
    """The condition that the actor may be told of a row of whereabouts (an alias of address or contact_point).

    Never of a hidden one, unless they hold that very right.
    """
    placed = rls.granted_person(Part.WHEREABOUTS, f"{table}.person_id")
    return f"""({rls.SYSTEM} OR (NOT {table}.do_not_disclose AND ({INDEX} OR {placed}))
      OR ({placed} AND {sees_hidden(table)}))"""


# Rights of the owner, who asks what the actor may see; one plan for all, made once a connection, that looks things up.
OWN_RIGHTS = """LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off
SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off"""

# Each step looks into one index and takes so many at most; none depends on how common a name is.
MATCH = f"""
CREATE FUNCTION match_candidates(p_given text, p_family text, p_other_forms text, p_born_on date, p_likely_dates date[],
  p_due_on date, p_nhs_number text, p_upn text, p_lines text[], p_postcode text, p_phones text[], p_adults text[])
RETURNS TABLE (person_id uuid, reference text, kind text, given_name text, family_name text, known_as text,
  previous_names text[], born_on date, due_on date, sex text, nhs_number text, upn text, places jsonb,
  same_phone boolean, adults text[])
{OWN_RIGHTS} SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  given CONSTANT text[] := search_words(p_given || ' ' || p_other_forms, 16);
  family CONSTANT text[] := search_words(p_family, 4);
  sounds CONSTANT text[] := match_sounds(given || family);
  due CONSTANT date := coalesce(p_due_on, p_born_on);
  pairs text[]; keys text[]; ids uuid[] := '{{}}'; meant text[]; meant_too text[];
  near uuid[]; relatives uuid[] := '{{}}'; phoned uuid[] := '{{}}';
BEGIN
  IF p_nhs_number IS NOT NULL THEN
    ids := ids || ARRAY(SELECT p.id FROM person AS p WHERE p.nhs_number = p_nhs_number LIMIT 20);
  END IF;
  IF p_upn IS NOT NULL THEN ids := ids || ARRAY(SELECT p.id FROM person AS p WHERE p.upn = p_upn LIMIT 20); END IF;
  pairs := ARRAY(SELECT DISTINCT least(g.s, f.s) || '/' || greatest(g.s, f.s)
    FROM unnest(match_sounds(given)) AS g (s), unnest(match_sounds(family)) AS f (s) WHERE g.s <> f.s);
  IF p_born_on IS NOT NULL THEN
    keys := ARRAY(
      SELECT 'd' || (p_born_on - DATE '1900-01-01') || s FROM unnest(sounds) AS s
      UNION ALL SELECT 'd' || (d - DATE '1900-01-01') || s FROM unnest(p_likely_dates) AS d,
        unnest(match_sounds(CASE WHEN family = '{{}}' THEN given ELSE given[1:1] || family END)) AS s
      UNION ALL SELECT 'y' || y || p FROM unnest(pairs) AS p,
        (SELECT DISTINCT extract(year FROM d)::integer FROM unnest(p_likely_dates) AS d) AS years (y)
      UNION ALL SELECT 'n' || p FROM unnest(pairs) AS p);
    -- Born on another day, one name like it is not enough: two must be, where two are known.
    ids := ids || ARRAY(
      WITH keyed AS MATERIALIZED (SELECT p.id, p.born_on, p.name_words FROM person AS p
        WHERE person_match_keys(p.born_on, p.name_words) && keys LIMIT 400)
      SELECT k.id FROM keyed AS k WHERE k.born_on = p_born_on OR k.born_on IS NULL OR given = '{{}}' OR family = '{{}}'
        OR 2 <= (SELECT count(*) FROM unnest(k.name_words) AS theirs WHERE match_sound(theirs) = ANY(sounds)
          OR EXISTS (SELECT FROM unnest(given || family) AS ours
            WHERE length(theirs) <= 60 AND levenshtein_less_equal(theirs, ours, 2) <= 2)));
    -- Of those born that very day, names that are a slip or two of the pen away.
    ids := ids || ARRAY(
      WITH same_day AS MATERIALIZED (SELECT p.id, p.name_words FROM person AS p WHERE p.born_on = p_born_on LIMIT 2000)
      SELECT s.id FROM same_day AS s WHERE EXISTS (
        SELECT FROM unnest(s.name_words) AS theirs, unnest(given || family) AS ours
        WHERE length(ours) >= 3 AND length(theirs) <= 60
          AND levenshtein_less_equal(theirs, ours, 2) <= CASE WHEN length(ours) > 5 THEN 2 ELSE 1 END)
      LIMIT 100);
  ELSE
    keys := ARRAY(SELECT 'p' || p FROM unnest(pairs) AS p);
    ids := ids || ARRAY(SELECT p.id FROM person AS p WHERE person_match_keys(p.born_on, p.name_words) && keys
      LIMIT 300);
    IF given <> '{{}}' AND family <> '{{}}' THEN
      meant := ARRAY(SELECT a.word FROM unnest(given) AS w, search_alike(w, 60, 1) AS a);
      meant_too := ARRAY(SELECT a.word FROM unnest(family) AS w, search_alike(w, 60, 1) AS a);
      ids := ids || ARRAY(SELECT p.id FROM person AS p WHERE p.name_words && meant AND p.name_words && meant_too
        LIMIT 200);
    END IF;
  END IF;
  IF due IS NOT NULL AND family <> '{{}}' THEN
    ids := ids || ARRAY(SELECT p.id FROM person AS p WHERE p.due_on BETWEEN due - 42 AND due + 42
      AND (p.name_words && family OR match_sounds(p.name_words) && match_sounds(family)) LIMIT 50);
  END IF;
  IF p_due_on IS NOT NULL THEN
    keys := ARRAY(SELECT 'd' || (p_due_on + away - DATE '1900-01-01') || s
      FROM generate_series(-42, 42) AS away, unnest(match_sounds(family)) AS s);
    ids := ids || ARRAY(SELECT p.id FROM person AS p WHERE person_match_keys(p.born_on, p.name_words) && keys
      LIMIT 100);
  END IF;
  keys := CASE WHEN p_lines IS NULL THEN NULL ELSE nullif(address_match_keys(p_lines, p_postcode), '{{}}') END;
  IF keys IS NOT NULL THEN
    ids := ids || ARRAY(SELECT a.person_id FROM address AS a WHERE address_match_keys(a.lines, a.postcode) && keys
      AND {may_be_told("a")} LIMIT 80);
  END IF;
  IF p_postcode IS NOT NULL THEN
    near := ARRAY(SELECT a.person_id FROM address AS a WHERE a.postcode = p_postcode AND {may_be_told("a")} LIMIT 400);
    ids := ids || ARRAY(SELECT p.id FROM person AS p WHERE p.id = ANY(near)
      AND (p.born_on = p_born_on OR p.name_words && (given || family)) LIMIT 100);
  END IF;
  IF p_phones <> '{{}}' THEN
    phoned := ARRAY(SELECT c.person_id FROM contact_point AS c WHERE phone_figures(c.value) = ANY(p_phones)
      AND c.kind <> 'email' AND {may_be_told("c")} LIMIT 40);
    phoned := phoned || ARRAY(SELECT other.person_id FROM family_member AS mine
      JOIN family_member AS other ON other.family_id = mine.family_id AND other.until_on IS NULL
      WHERE mine.person_id = ANY(phoned) LIMIT 200);
    ids := ids || phoned;
  END IF;
  IF p_adults <> '{{}}' THEN
    keys := ARRAY(SELECT DISTINCT 'p' || one.s || '/' || other.s FROM unnest(p_adults) AS adult,
      unnest(match_sounds(search_words(adult, 4))) AS one (s), unnest(match_sounds(search_words(adult, 4))) AS other (s)
      WHERE one.s < other.s);
    relatives := ARRAY(SELECT p.id FROM person AS p
      WHERE person_match_keys(p.born_on, p.name_words) && keys AND p.kind = 'adult' LIMIT 60);
  END IF;
  -- The children of their families: a child by its mother's name.
  IF relatives <> '{{}}' THEN
    ids := ids || ARRAY(SELECT other.person_id FROM family_member AS mine
      JOIN family_member AS other ON other.family_id = mine.family_id AND other.until_on IS NULL
      JOIN person AS p ON p.id = other.person_id
      WHERE mine.person_id = ANY(relatives)
        AND p.kind = 'child' AND (due IS NULL OR coalesce(p.born_on, p.due_on) IS NULL
          OR coalesce(p.born_on, p.due_on) = ANY(p_likely_dates || p_due_on)
          OR coalesce(p.born_on, p.due_on) BETWEEN due - 42 AND due + 42) LIMIT 100);
  END IF;
  RETURN QUERY
    SELECT p.id, p.reference, p.kind, p.given_name, p.family_name, p.known_as, p.previous_names, p.born_on, p.due_on,
      p.sex, p.nhs_number, p.upn,
      CASE WHEN p_lines IS NULL AND p_postcode IS NULL THEN NULL ELSE (
        SELECT jsonb_agg(jsonb_build_object('lines', a.lines, 'postcode', a.postcode, 'now', a.until_on IS NULL))
        FROM address AS a WHERE a.person_id = p.id AND {may_be_told("a")}) END,
      CASE WHEN p_phones = '{{}}' THEN NULL WHEN p.id = ANY(phoned) THEN true
        WHEN EXISTS (SELECT FROM contact_point AS c WHERE c.person_id = p.id AND c.kind <> 'email'
          AND {may_be_told("c")}) THEN false END,
      CASE WHEN p_adults = '{{}}' THEN NULL ELSE ARRAY(SELECT DISTINCT a.given_name || ' ' || a.family_name
        FROM family_member AS mine
        JOIN family_member AS other ON other.family_id = mine.family_id AND other.until_on IS NULL
        JOIN person AS a ON a.id = other.person_id AND a.kind = 'adult' AND a.id <> p.id
        WHERE mine.person_id = p.id AND {VISIBLE.replace("p.id", "a.id")}) END
    FROM person AS p WHERE p.id = ANY(ids) AND {VISIBLE};
END $$;
"""  # noqa: S608
GRANTS = f"""REVOKE ALL ON FUNCTION match_candidates FROM PUBLIC;
GRANT EXECUTE ON FUNCTION match_candidates TO {rls.APP_ROLE};"""
