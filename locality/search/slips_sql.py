"""Who on record may be somebody who is being entered, as migration 0032 has it: slips are looked for in indexes alone.

The keys of ``matching_sql`` find whoever has the same birth date and a name that sounds the same, or both names and the
year. What a slip in the date or in both names leaves is looked for in indexes that hold the names as well, ordered by
day or by the sound of a name and then by day: neighbours stand on one page of the index, and nobody's row is fetched
only to be put back. For the migrations.

What is looked up is what the weights could ever offer: of people born on another day only those whose date is a slip of
the pen away (another date with nothing but the same names stays under every floor, ``people.rules.weights``).
"""

from locality.access import rls
from locality.access.parts import Part
from locality.search.matching_sql import OWN_RIGHTS, may_be_told

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
_DROP_INDEXES = """
DROP INDEX person_family_sound_idx; DROP INDEX person_given_sound_idx; DROP INDEX person_day_names_idx;
DROP FUNCTION name_words_fit; DROP FUNCTION first_sound;
"""

# Who is on record is looked up first and asked about afterwards: whom the actor may see of those found, and what of
# their homes, numbers and relatives. What the reader may see beyond grants is asked once, not for every row.
_VISIBLE = f"(free OR {rls.granted_person(Part.IDENTITY, 'p.id')})"
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
{OWN_RIGHTS} SET plan_cache_mode = force_generic_plan AS $$
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
  keys text[] := '{{}}'; ids uuid[] := '{{}}'; meant text[]; meant_too text[];
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
      keys := keys || CASE WHEN p_born_on IS NULL THEN ARRAY['p' || pair]
        ELSE ARRAY['n' || pair, 'y' || born_year || pair] END;
    END LOOP;
  END LOOP;
  IF p_born_on IS NOT NULL THEN
    FOREACH heard IN ARRAY heard_given || heard_family LOOP keys := keys || (day || heard); END LOOP;
    ids := ids || ARRAY(SELECT k.id FROM (SELECT p.id, p.born_on, p.name_words FROM person AS p
        WHERE person_match_keys(p.born_on, p.name_words) && keys LIMIT 400) AS k
      WHERE k.born_on = p_born_on OR k.born_on IS NULL OR ({_DATE_LIKE} AND {_given("k")} AND {_family("k")}));
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
FUNCTIONS = (INDEXES, MATCH, _GRANTS)
DROP_FUNCTIONS = f"DROP FUNCTION match_candidates; {_DROP_INDEXES}"
