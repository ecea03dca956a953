"""Words of names as the database keeps them, and what somebody who typed a word may have meant. For the migrations.

Names are words in plain letters: accents off, apostrophes dropped (O'Brien, obrien), hyphens and stops between words. A
word's slips are itself and what is left when one letter is dropped: two words share one when they are a single typing
error apart, be it a wrong, missing, extra or swapped letter.
"""

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

DROP_WORDS = """
DROP FUNCTION search_meant; DROP FUNCTION search_words; DROP FUNCTION search_escaped; DROP FUNCTION word_slips;
DROP FUNCTION person_name_words; DROP FUNCTION name_words;
"""
