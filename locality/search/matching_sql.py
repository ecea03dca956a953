"""Who on record may be somebody who is being entered: blocking keys, their indexes, and the function that uses them.

A key is a short text that two records of one person are likely to share: a birth date with the sound of one name, the
sounds of two names with a year of birth, a house number with the sound of its street, a telephone number. Each stands
in an index over arrays, so that candidates are looked up and nobody walks over all people. Slips in the date or in both
names are looked for in indexes that hold the names as well, by day, or by the sound of a name and then by day:
neighbours stand on one page, and nobody's row is fetched only to be put back. The application weighs who is found
(``people.rules.matching``). For the migrations.
"""

from locality.access import rls
from locality.search.conditions import is_granted, may_be_told

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
# Whoever has more letters to their names than fit a page of an index is found by the keys alone.
INDEXES = """
CREATE FUNCTION first_sound(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN match_sound(left((name_words(name))[1], 60));
CREATE FUNCTION name_words_fit(words text[]) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
  RETURN length(array_to_string(words, ' ')) <= 250;
END $$;
CREATE INDEX person_day_names_idx ON person (born_on) INCLUDE (id, name_words) WHERE name_words_fit(name_words);
CREATE INDEX person_given_sound_idx ON person (first_sound(given_name), born_on)
  INCLUDE (id, name_words, given_name) WHERE name_words_fit(name_words);
CREATE INDEX person_family_sound_idx ON person (first_sound(family_name), born_on)
  INCLUDE (id, name_words, family_name) WHERE name_words_fit(name_words);
"""
DROP_INDEXES = """
DROP INDEX person_family_sound_idx; DROP INDEX person_given_sound_idx; DROP INDEX person_day_names_idx;
DROP FUNCTION name_words_fit; DROP FUNCTION first_sound;
"""

# Rights of the owner, who asks what the actor may see; one plan for all, made once a connection, that looks things up.
_OWN_RIGHTS = """LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off
SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off"""

# Who is on record is looked up first and asked about afterwards: whom the actor may see of those found, and what of
# their homes, numbers and relatives. What the reader may see beyond grants is asked once, not for every row.
_VISIBLE = f"(free OR {is_granted('p.id')})"
_WORDS = 4  # of a name on record whose letters and sounds are compared: more than four are rare


def _any(condition: str, row: str) -> str:
    """The condition that any of the first words of a row's name fulfils ``condition`` (of ``{word}``).

    Row ``k`` comes from the table and its words may be longer than letters can be compared; ``n`` from an index.
    """
    words = (f"{row}.name_words[{place}]" for place in range(1, _WORDS + 1))
    words = (f"left({word}, 60)" if row == "k" else word for word in words)
    return "(" + " OR ".join(condition.format(word=word) for word in words) + ")"


def _written_like(ours: str, row: str) -> str:
    """The condition that a row has a name as much as a slip or two of the pen from ``ours``; of no name, unknown."""
    return _any(f"levenshtein_less_equal({{word}}, {ours}, {ours}_off) <= {ours}_off", row)


def _sound(word: str) -> str:
    """The sound of a word, as the keys have it (``match_sound``), written out: a function's plan is made every time."""
    return f"coalesce(nullif(dmetaphone({word}), ''), left({word}, 6))"


def _sounds_like(sounds: str, row: str) -> str:
    """The condition that a row has a name that sounds like one of ``sounds``."""
    return _any(f"{_sound('{word}')} = ANY({sounds})", row)


def _given(row: str) -> str:
    """The condition that a row has a name like a first name of ours."""
    return f"({row}.name_words && given OR {_written_like('first', row)} OR {_sounds_like('heard_given', row)})"


def _family(row: str) -> str:
    """The condition that a row has a name like a surname of ours."""
    return f"({row}.name_words && family OR {_written_like('last', row)} OR {_sounds_like('heard_family', row)})"


_FAMILY_SOUNDS = ", ".join(_sound(f"left(family[{place}], 60)") for place in range(1, _WORDS + 1))
# A date with two parts of three right, or one figure wrong.
_DATE_LIKE = """(k.born_on = ANY(p_likely_dates) OR
  2 <= (extract(year FROM k.born_on) = born_year)::integer + (extract(month FROM k.born_on) = born_month)::integer
    + (extract(day FROM k.born_on) = born_day)::integer)"""

# Each step looks into one index and takes so many at most; none depends on how common a name is.
MATCH = f"""
CREATE FUNCTION match_candidates(p_given text, p_family text, p_other_forms text, p_born_on date, p_likely_dates date[],
  p_due_on date, p_nhs_number text, p_upn text, p_lines text[], p_postcode text, p_phones text[], p_adults text[])
RETURNS TABLE (person_id uuid, reference text, kind text, given_name text, family_name text, known_as text,
  previous_names text[], born_on date, due_on date, sex text, nhs_number text, upn text, places jsonb,
  same_phone boolean, adults text[])
{_OWN_RIGHTS} SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  free CONSTANT boolean := app_reach() IN ('system', 'people_index');
  closed CONSTANT uuid[] := closed_people();
  given CONSTANT text[] := (name_words(p_given || ' ' || p_other_forms))[1:16];
  family CONSTANT text[] := (name_words(p_family))[1:4];
  heard_given text[] := '{{}}';
  heard_family CONSTANT text[] := array_remove(ARRAY[{_FAMILY_SOUNDS}], NULL);
  names CONSTANT text[] := given || family;
  first CONSTANT text := left(given[1], 60);
  last CONSTANT text := left(family[1], 60);
  first_heard CONSTANT text := {_sound("first")};
  -- How many letters may be wrong, by the length of the name; of two letters none say anything.
  first_off CONSTANT integer := CASE WHEN length(first) > 5 THEN 2 WHEN length(first) >= 3 THEN 1 END;
  last_off CONSTANT integer := CASE WHEN length(last) > 5 THEN 2 WHEN length(last) >= 3 THEN 1 END;
  born_year CONSTANT integer := extract(year FROM p_born_on);
  born_month CONSTANT integer := extract(month FROM p_born_on);
  born_day CONSTANT integer := extract(day FROM p_born_on);
  due CONSTANT date := coalesce(p_due_on, p_born_on);
  day CONSTANT text := 'd' || (p_born_on - DATE '1900-01-01');
  heard text; other text; pair text;
  keys text[] := '{{}}'; paired text[] := '{{}}'; years text[] := '{{}}'; ids uuid[] := '{{}}';
  meant text[]; meant_too text[];
  near uuid[]; relatives uuid[] := '{{}}'; phoned uuid[] := '{{}}';
BEGIN
  IF p_nhs_number IS NOT NULL THEN
    ids := ids || ARRAY(SELECT p.id FROM person AS p WHERE p.nhs_number = p_nhs_number LIMIT 20);
  END IF;
  IF p_upn IS NOT NULL THEN ids := ids || ARRAY(SELECT p.id FROM person AS p WHERE p.upn = p_upn LIMIT 20); END IF;
  FOREACH heard IN ARRAY given LOOP
    heard := {_sound("left(heard, 60)")};
    CONTINUE WHEN heard = ANY(heard_given);
    heard_given := heard_given || heard;
    FOREACH other IN ARRAY heard_family LOOP
      CONTINUE WHEN heard = other;
      pair := least(heard, other) || '/' || greatest(heard, other);
      paired := paired || ('p' || pair);
      years := years || ARRAY['y' || born_year - 1 || pair, 'y' || born_year + 1 || pair, 'y' || born_year - 10 || pair,
        'y' || born_year + 10 || pair];
      keys := keys || ARRAY['n' || pair, 'y' || born_year || pair];
    END LOOP;
  END LOOP;
  IF p_born_on IS NOT NULL THEN
    FOREACH heard IN ARRAY heard_given || heard_family LOOP keys := keys || (day || heard); END LOOP;
    ids := ids || ARRAY(SELECT k.id FROM (SELECT p.id, p.born_on, p.name_words FROM person AS p
        WHERE person_match_keys(p.born_on, p.name_words) && keys LIMIT 400) AS k
      WHERE k.born_on = p_born_on OR k.born_on IS NULL OR ({_DATE_LIKE} AND {_given("k")} AND {_family("k")}));
    -- A year or ten out, and the names in other places: swapped, an earlier surname, the second half of a double one.
    ids := ids || ARRAY(SELECT k.id FROM (SELECT p.id, p.born_on FROM person AS p
        WHERE person_match_keys(p.born_on, p.name_words) && years LIMIT 400) AS k
      WHERE extract(month FROM k.born_on) = born_month AND extract(day FROM k.born_on) = born_day);
    -- Born that very day, with a name that is a slip or two of the pen away.
    ids := ids || ARRAY(SELECT n.id FROM (SELECT p.id, p.name_words FROM person AS p
        WHERE p.born_on = p_born_on AND name_words_fit(p.name_words) LIMIT 2000) AS n
      WHERE {_written_like("first", "n")} OR {_written_like("last", "n")} LIMIT 100);
    -- Born on another day, one name like it is not enough: both must be, where both are known.
    ids := ids || ARRAY(SELECT n.id FROM (SELECT p.id, p.name_words FROM person AS p
        WHERE first_sound(p.given_name) = first_heard AND p.born_on = ANY(p_likely_dates)
          AND name_words_fit(p.name_words) LIMIT 400) AS n
      WHERE CASE WHEN family = '{{}}' THEN n.name_words && given ELSE {_family("n")} END);
    ids := ids || ARRAY(SELECT n.id FROM (SELECT p.id, p.name_words FROM person AS p
        WHERE first_sound(p.family_name) = ANY(heard_family) AND p.born_on = ANY(p_likely_dates)
          AND name_words_fit(p.name_words) LIMIT 400) AS n
      WHERE CASE WHEN given = '{{}}' THEN n.name_words && family ELSE {_given("n")} END);
  ELSE
    ids := ids || ARRAY(SELECT p.id FROM person AS p WHERE person_match_keys(p.born_on, p.name_words) && paired
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
      AND (p.name_words && family OR match_sounds(p.name_words) && heard_family) LIMIT 50);
  END IF;
  IF p_due_on IS NOT NULL THEN
    keys := ARRAY(SELECT 'd' || (p_due_on + away - DATE '1900-01-01') || s
      FROM generate_series(-42, 42) AS away, unnest(heard_family) AS u (s));
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
    -- A baby is often entered under the other parent's surname: at one place, about then is enough.
    ids := ids || ARRAY(SELECT p.id FROM person AS p WHERE p.id = ANY(near)
      AND (p.born_on = p_born_on OR p.name_words && names OR p.due_on BETWEEN due - 42 AND due + 42
        OR p.born_on BETWEEN p_due_on - 42 AND p_due_on + 42) LIMIT 100);
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
  -- The children of their families: a child by its mother's name, born or due about then or with a name like it.
  IF relatives <> '{{}}' THEN
    ids := ids || ARRAY(SELECT other.person_id FROM family_member AS mine
      JOIN family_member AS other ON other.family_id = mine.family_id AND other.until_on IS NULL
      JOIN person AS p ON p.id = other.person_id
      WHERE mine.person_id = ANY(relatives)
        AND p.kind = 'child' AND (due IS NULL OR coalesce(p.born_on, p.due_on) IS NULL
          OR coalesce(p.born_on, p.due_on) = ANY(p_likely_dates || p_due_on)
          OR coalesce(p.born_on, p.due_on) BETWEEN due - 42 AND due + 42 OR p.name_words && given) LIMIT 100);
  END IF;
  IF p_lines IS NULL AND p_postcode IS NULL AND p_phones = '{{}}' AND p_adults = '{{}}' THEN
    RETURN QUERY SELECT p.id, p.reference, p.kind, p.given_name, p.family_name, p.known_as, p.previous_names,
        p.born_on, p.due_on, p.sex, p.nhs_number, p.upn, NULL::jsonb, NULL::boolean, NULL::text[]
      FROM person AS p WHERE p.id = ANY(ids) AND p.id <> ALL(closed) AND {_VISIBLE};
    RETURN;
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
        WHERE mine.person_id = p.id AND {_VISIBLE.replace("p.id", "a.id")} AND a.id <> ALL(closed)) END
    FROM person AS p WHERE p.id = ANY(ids) AND {_VISIBLE} AND p.id <> ALL(closed);
END $$;
"""  # noqa: S608
_GRANTS = f"""REVOKE ALL ON FUNCTION match_candidates FROM PUBLIC;
GRANT EXECUTE ON FUNCTION match_candidates TO {rls.APP_ROLE};"""
FUNCTIONS = (MATCH, _GRANTS)
DROP_FUNCTIONS = "DROP FUNCTION match_candidates;"
