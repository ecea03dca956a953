"""The search as the database keeps it: functions that find people by name at any size, for the migrations.

Names are words in plain letters: accents off, apostrophes dropped (O'Brien, obrien), hyphens and stops between words. A
word's slips are itself and what is left when one letter is dropped: two words share one when they are a single typing
error apart, be it a wrong, missing, extra or swapped letter.
"""

from locality.access import rls
from locality.access.parts import Part

WORDS = """
CREATE FUNCTION name_words(value text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN array_remove(string_to_array(translate(f_norm(value),
    -- Marks that part words become blanks; those after the last blank, apostrophes, are dropped.
    E'-.,;/()"+_|\\t\\n\\u2010\\u2013\\u2014\\u201c\\u201d\\u00a0\\u2009\\u202f\\u3000\\u003a'
    || E'\\u0027\\u2019\\u2018\\u0060\\u02bc\\u00b4', repeat(' ', 23)), ' '), '');
CREATE FUNCTION person_name_words(given_name text, family_name text, known_as text, previous_names text[])
RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN public.name_words(
    given_name || ' ' || family_name || ' ' || known_as || ' ' || array_to_string(previous_names, ' '));
END $$;
CREATE FUNCTION word_slips(word text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT array_agg(DISTINCT left(word, place - 1) || substr(word, place + 1))
  FROM generate_series(1, CASE WHEN length(word) BETWEEN 3 AND 40 THEN length(word) + 1 ELSE 1 END) AS g,
       LATERAL (SELECT CASE WHEN length(word) BETWEEN 3 AND 40 THEN g ELSE length(word) + 1 END AS place) AS p
$$;
CREATE TABLE search_word (
  word text PRIMARY KEY,
  sound text NOT NULL,
  slips text[] NOT NULL
);
CREATE INDEX search_word_start_idx ON search_word (word text_pattern_ops);
CREATE INDEX search_word_sound_idx ON search_word (sound);
CREATE INDEX search_word_slips_idx ON search_word USING gin (slips) WITH (fastupdate = off);
CREATE INDEX search_word_alike_idx ON search_word USING gin (word gin_trgm_ops) WITH (fastupdate = off);
"""

INDEX = "(SELECT app_reach()) = 'people_index'"
_GRANTED = rls.granted_person(Part.IDENTITY, "p.id")
_VISIBLE = f"({rls.SYSTEM} OR {INDEX} OR {_GRANTED})"


def sees_hidden(table: str) -> str:
    """The condition that the actor may see a hidden row of a table of whereabouts.

    Who recorded a hidden row keeps sight of that row, and of no other of the same person.
    """
    return rls.granted_person(Part.HIDDEN_WHEREABOUTS, f"{table}.person_id").replace(
        "WHERE", f"WHERE (g.reason <> 'recorded_it' OR g.record_id = {table}.id) AND", 1
    )


# Where the actor may be told that an address is somebody's: never a hidden one, unless they hold that very right.
_PLACED = rls.granted_person(Part.WHEREABOUTS, "a.person_id")
_PLACE_OPEN = f"""({rls.SYSTEM} OR (NOT a.do_not_disclose AND ({INDEX} OR {_PLACED}))
          OR ({_PLACED} AND {sees_hidden("a")}))"""

HELPERS = """
CREATE FUNCTION search_escaped(typed text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN replace(replace(replace(typed, '\\', '\\\\'), '%', '\\%'), '_', '\\_');
-- The words to look for: the first few, none so long that comparing letters would fail.
CREATE FUNCTION search_words(names text, most integer) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(array_agg(w.word ORDER BY w.place), '{}') FROM (
    SELECT * FROM unnest(name_words(names)) WITH ORDINALITY AS n (word, place)
    WHERE length(n.word) <= 60 ORDER BY n.place LIMIT most) AS w
$$;
-- The words that a typed word may stand for: NULL for no such word or one that is left out, {} for one like nothing.
CREATE FUNCTION search_meant(place integer, dropped integer, words text[], ords integer[], alikes text[])
RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN place > cardinality(words) OR place = dropped THEN NULL
    ELSE (SELECT coalesce(array_agg(m.word), '{}') FROM unnest(ords, alikes) AS m (ord, word) WHERE m.ord = place) END
$$;
"""

# Words of names that somebody who typed a word may have meant, best first. Breadth 0: the word, and what begins with
# it; 1: also what is a typing error away or sounds so; 2: also what holds it, or shares three-letter pieces with it.
ALIKE = """
CREATE FUNCTION search_alike(typed text, at_most integer, breadth integer) RETURNS TABLE (word text, weight real)
LANGUAGE sql STABLE AS $$
  SELECT found.word, max(found.weight)::real FROM (
    SELECT s.word, 1.0 AS weight FROM search_word AS s WHERE s.word = typed
    UNION ALL
    SELECT s.word, 0.9 FROM search_word AS s WHERE length(typed) >= 2 AND s.word LIKE search_escaped(typed) || '%'
    UNION ALL
    SELECT s.word, CASE WHEN length(s.word) = length(typed) THEN 0.8 ELSE 0.75 END FROM search_word AS s
    WHERE breadth >= 1 AND length(typed) >= 3 AND s.slips && word_slips(typed)
      AND levenshtein_less_equal(s.word, typed, 2) <= 2
    UNION ALL
    SELECT s.word, 0.6 FROM search_word AS s
    WHERE breadth >= 1 AND length(typed) >= 3 AND dmetaphone(typed) <> '' AND s.sound = dmetaphone(typed)
      AND levenshtein_less_equal(s.word, typed, (length(typed) + 1) / 2) <= (length(typed) + 1) / 2
    UNION ALL
    SELECT s.word, 0.55 FROM search_word AS s
    WHERE breadth >= 2 AND length(typed) >= 4 AND s.word LIKE '%' || search_escaped(typed) || '%'
    UNION ALL
    SELECT s.word, 0.8 * similarity(s.word, typed) FROM search_word AS s
    WHERE breadth >= 2 AND length(typed) >= 6 AND s.word % typed AND similarity(s.word, typed) >= 0.45) AS found
  GROUP BY found.word ORDER BY max(found.weight) DESC, length(found.word), found.word LIMIT at_most
$$;
"""

# The candidates come first, from indexes, as a step of their own whose plan does not hang on how rare a name is; under
# row-level security an index over words could not be used at all. So the functions have their owner's rights and ask
# themselves what the actor may see. Who holds grants for few people (nearly everybody but the front door) is searched
# among those alone. Settings and plans are for looking up a handful among a million, whatever the statistics say.
_OWN_RIGHTS = """LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off
SET jit = off SET plan_cache_mode = force_custom_plan"""

# Only our own constants are written into the text; what people type stays in parameters.
SEARCH = f"""
CREATE FUNCTION search_people(p_names text, p_dates date[], p_postcode text, p_number text, p_reference text,
  p_offset integer, p_size integer)
RETURNS TABLE (person_id uuid, reference text, kind text, given_name text, family_name text, known_as text,
  born_on date, born_on_estimated boolean, due_on date, died_on date, score real, more boolean)
{_OWN_RIGHTS} AS $$
#variable_conflict use_column
DECLARE
  most CONSTANT integer := 1000;
  few CONSTANT integer := 20000;
  wide integer := most;
  place CONSTANT text := search_escaped(p_postcode) || '%';
  words CONSTANT text[] := search_words(p_names, 4);
  free boolean := app_reach() IN ('system', 'people_index');
  mine uuid[]; placed uuid[]; ids uuid[]; got uuid[]; cut boolean := false; now_cut boolean;
  ords integer[]; alikes text[]; weights real[];
  one text[]; two text[]; three text[]; four text[]; attempt integer;
BEGIN
  IF p_reference IS NULL AND p_number IS NULL AND p_postcode IS NULL AND p_dates = '{{}}' AND words = '{{}}' THEN
    RETURN;
  END IF;
  IF NOT free THEN
    SELECT array_agg(DISTINCT held.person_id) INTO mine FROM (
      SELECT g.person_id FROM access_grant AS g WHERE g.principal_id = ANY(app_principals())
        AND (g.until_at IS NULL OR g.until_at > now()) AND 'identity' = ANY(g.parts) LIMIT few + 1) AS held;
    IF mine IS NULL THEN RETURN; END IF;
    IF cardinality(mine) > few THEN mine := NULL; ELSE free := true; END IF;
  END IF;
  IF p_postcode IS NOT NULL THEN
    SELECT coalesce(array_agg(held.person_id), '{{}}') INTO placed FROM (
      SELECT a.person_id FROM address AS a WHERE a.postcode LIKE place AND a.until_on IS NULL
        AND (mine IS NULL OR a.person_id = ANY(mine)) AND {_PLACE_OPEN}
      LIMIT 3 * most + 1) AS held;
    IF cardinality(placed) > 3 * most AND (words <> '{{}}' OR p_dates <> '{{}}') THEN placed := NULL; END IF;
  END IF;
  -- What is checked after the index has found candidates needs more of them to choose from.
  IF NOT free OR (p_postcode IS NOT NULL AND placed IS NULL) THEN wide := 5 * most; END IF;
  -- First as typed; then as it may have been meant; then, of three words or more, all but one.
  FOR attempt IN 0 .. CASE cardinality(words) WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 2 THEN 1 ELSE 1 + cardinality(words) END
  LOOP
    EXIT WHEN attempt <= 2 AND ids IS NOT NULL;
    IF attempt <= 1 THEN
      SELECT coalesce(array_agg(w.ord), '{{}}'), coalesce(array_agg(a.word), '{{}}'),
             coalesce(array_agg(a.weight), '{{}}')
        INTO ords, alikes, weights
        FROM unnest(words) WITH ORDINALITY AS w (typed, ord), LATERAL search_alike(w.typed, 300, 2 * attempt) AS a;
    END IF;
    one := search_meant(1, attempt - 1, words, ords, alikes);
    two := search_meant(2, attempt - 1, words, ords, alikes);
    three := search_meant(3, attempt - 1, words, ords, alikes);
    four := search_meant(4, attempt - 1, words, ords, alikes);
    SELECT array_agg(seen.id), bool_or(seen.cut) INTO got, now_cut FROM (
      SELECT near.id, near.found >= wide AS cut FROM (SELECT few.id, count(*) OVER () AS found FROM (
        SELECT p.id FROM person AS p
        WHERE (p_reference IS NULL OR p.reference = p_reference)
          AND (p_number IS NULL OR p.nhs_number = p_number OR p.upn = p_number)
          AND (p_dates = '{{}}' OR p.born_on = ANY(p_dates) OR p.due_on = ANY(p_dates))
          AND (one IS NULL OR p.name_words && one) AND (two IS NULL OR p.name_words && two)
          AND (three IS NULL OR p.name_words && three) AND (four IS NULL OR p.name_words && four)
          AND (placed IS NULL OR p.id = ANY(placed)) AND (mine IS NULL OR p.id = ANY(mine))
        LIMIT wide) AS few) AS near
      LEFT JOIN LATERAL (SELECT true AS yes FROM access_grant AS g WHERE NOT free AND g.person_id = near.id
        AND g.principal_id = ANY(app_principals()) AND (g.until_at IS NULL OR g.until_at > now())
        AND 'identity' = ANY(g.parts) LIMIT 1) AS granted ON true
      LEFT JOIN LATERAL (SELECT true AS yes FROM address AS a WHERE p_postcode IS NOT NULL AND placed IS NULL
        AND a.person_id = near.id AND a.postcode LIKE place AND a.until_on IS NULL AND {_PLACE_OPEN} LIMIT 1) AS lives
        ON true
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

# Who on record may be somebody who is being entered: the same number; a birth date like it and a name like it; both
# names like it; a baby due about then; the same birth date at the same place. The application weighs them.
MATCH = f"""
CREATE FUNCTION match_candidates(p_given_name text, p_family_name text, p_known_as text, p_born_on date,
  p_likely_dates date[], p_due_on date, p_nhs_number text, p_upn text, p_postcode text)
RETURNS TABLE (person_id uuid, reference text, given_name text, family_name text, known_as text, previous_names text[],
  born_on date, due_on date, sex text, nhs_number text, upn text, same_postcode boolean)
{_OWN_RIGHTS} AS $$
#variable_conflict use_column
DECLARE
  given text[]; family text[];
BEGIN
  SELECT coalesce(array_agg(DISTINCT a.word), '{{}}') INTO given
    FROM unnest(search_words(p_given_name || ' ' || p_known_as, 8)) AS w, search_alike(w, 100, 1) AS a;
  SELECT coalesce(array_agg(DISTINCT a.word), '{{}}') INTO family
    FROM unnest(search_words(p_family_name, 8)) AS w, search_alike(w, 100, 1) AS a;
  RETURN QUERY
    WITH near (id) AS MATERIALIZED (
      (SELECT p.id FROM person AS p WHERE p_nhs_number IS NOT NULL AND p.nhs_number = p_nhs_number LIMIT 20)
      UNION (SELECT p.id FROM person AS p WHERE p_upn IS NOT NULL AND p.upn = p_upn LIMIT 20)
      UNION (SELECT p.id FROM person AS p WHERE p.born_on = ANY(p_likely_dates) AND p.name_words && (given || family)
        LIMIT 300)
      UNION (SELECT p.id FROM person AS p WHERE p.name_words && given AND p.name_words && family LIMIT 300)
      UNION (SELECT p.id FROM person AS p WHERE coalesce(p_due_on, p_born_on) IS NOT NULL AND p.due_on IS NOT NULL
        AND p.due_on BETWEEN coalesce(p_due_on, p_born_on) - 42 AND coalesce(p_due_on, p_born_on) + 42
        AND p.name_words && family LIMIT 50)
      UNION (SELECT p.id FROM person AS p WHERE p_due_on IS NOT NULL
        AND p.born_on BETWEEN p_due_on - 42 AND p_due_on + 42 AND p.name_words && family LIMIT 50)
      UNION (SELECT p.id FROM person AS p JOIN address AS a ON a.person_id = p.id WHERE p_born_on IS NOT NULL
        AND p_postcode IS NOT NULL AND p.born_on = p_born_on AND a.postcode = p_postcode AND a.until_on IS NULL
        AND {_PLACE_OPEN} LIMIT 20))
    SELECT p.id, p.reference, p.given_name, p.family_name, p.known_as, p.previous_names, p.born_on, p.due_on, p.sex,
      p.nhs_number, p.upn,
      CASE WHEN p_postcode IS NULL THEN NULL ELSE (SELECT bool_or(a.postcode = p_postcode) FROM address AS a
        WHERE a.person_id = p.id AND a.until_on IS NULL AND {_PLACE_OPEN}) END
    FROM near JOIN person AS p ON p.id = near.id
    WHERE {_VISIBLE};
END $$;
"""  # noqa: S608
GRANTS = "".join(
    f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC; GRANT EXECUTE ON FUNCTION {name} TO {rls.APP_ROLE};"
    for name in ("search_people", "match_candidates")
)

FUNCTIONS = (HELPERS, ALIKE, SEARCH, MATCH, GRANTS)
DROP_FUNCTIONS = "DROP FUNCTION match_candidates; DROP FUNCTION search_people; DROP FUNCTION search_alike;"
DROP_WORDS = """
DROP FUNCTION search_meant; DROP FUNCTION search_words; DROP FUNCTION search_escaped; DROP FUNCTION word_slips;
DROP FUNCTION person_name_words; DROP FUNCTION name_words;
"""
