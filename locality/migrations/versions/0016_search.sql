-- The search and the matching of migration 0016; 0021 replaces both.
CREATE FUNCTION match_candidates(p_given text, p_family text, p_other_forms text, p_born_on date, p_likely_dates date[],
  p_due_on date, p_nhs_number text, p_upn text, p_lines text[], p_postcode text, p_phones text[], p_adults text[])
RETURNS TABLE (person_id uuid, reference text, kind text, given_name text, family_name text, known_as text,
  previous_names text[], born_on date, due_on date, sex text, nhs_number text, upn text, places jsonb,
  same_phone boolean, adults text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off
SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  given CONSTANT text[] := search_words(p_given || ' ' || p_other_forms, 16);
  family CONSTANT text[] := search_words(p_family, 4);
  sounds CONSTANT text[] := match_sounds(given || family);
  due CONSTANT date := coalesce(p_due_on, p_born_on);
  pairs text[]; keys text[]; ids uuid[] := '{}'; meant text[]; meant_too text[];
  near uuid[]; relatives uuid[] := '{}'; phoned uuid[] := '{}';
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
        unnest(match_sounds(CASE WHEN family = '{}' THEN given ELSE given[1:1] || family END)) AS s
      UNION ALL SELECT 'y' || y || p FROM unnest(pairs) AS p,
        (SELECT DISTINCT extract(year FROM d)::integer FROM unnest(p_likely_dates) AS d) AS years (y)
      UNION ALL SELECT 'n' || p FROM unnest(pairs) AS p);
    -- Born on another day, one name like it is not enough: two must be, where two are known.
    ids := ids || ARRAY(
      WITH keyed AS MATERIALIZED (SELECT p.id, p.born_on, p.name_words FROM person AS p
        WHERE person_match_keys(p.born_on, p.name_words) && keys LIMIT 400)
      SELECT k.id FROM keyed AS k WHERE k.born_on = p_born_on OR k.born_on IS NULL OR given = '{}' OR family = '{}'
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
    IF given <> '{}' AND family <> '{}' THEN
      meant := ARRAY(SELECT a.word FROM unnest(given) AS w, search_alike(w, 60, 1) AS a);
      meant_too := ARRAY(SELECT a.word FROM unnest(family) AS w, search_alike(w, 60, 1) AS a);
      ids := ids || ARRAY(SELECT p.id FROM person AS p WHERE p.name_words && meant AND p.name_words && meant_too
        LIMIT 200);
    END IF;
  END IF;
  IF due IS NOT NULL AND family <> '{}' THEN
    ids := ids || ARRAY(SELECT p.id FROM person AS p WHERE p.due_on BETWEEN due - 42 AND due + 42
      AND (p.name_words && family OR match_sounds(p.name_words) && match_sounds(family)) LIMIT 50);
  END IF;
  IF p_due_on IS NOT NULL THEN
    keys := ARRAY(SELECT 'd' || (p_due_on + away - DATE '1900-01-01') || s
      FROM generate_series(-42, 42) AS away, unnest(match_sounds(family)) AS s);
    ids := ids || ARRAY(SELECT p.id FROM person AS p WHERE person_match_keys(p.born_on, p.name_words) && keys
      LIMIT 100);
  END IF;
  keys := CASE WHEN p_lines IS NULL THEN NULL ELSE nullif(address_match_keys(p_lines, p_postcode), '{}') END;
  IF keys IS NOT NULL THEN
    ids := ids || ARRAY(SELECT a.person_id FROM address AS a WHERE address_match_keys(a.lines, a.postcode) && keys
      AND ((SELECT app_reach()) = 'system' OR (NOT a.do_not_disclose AND ((SELECT app_reach()) = 'people_index' OR EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = a.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'whereabouts' = ANY(g.parts))))
      OR (EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = a.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'whereabouts' = ANY(g.parts)) AND EXISTS (SELECT 1 FROM access_grant g WHERE (g.reason <> 'recorded_it' OR g.record_id = a.id) AND g.person_id = a.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'hidden_whereabouts' = ANY(g.parts)))) LIMIT 80);
  END IF;
  IF p_postcode IS NOT NULL THEN
    near := ARRAY(SELECT a.person_id FROM address AS a WHERE a.postcode = p_postcode AND ((SELECT app_reach()) = 'system' OR (NOT a.do_not_disclose AND ((SELECT app_reach()) = 'people_index' OR EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = a.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'whereabouts' = ANY(g.parts))))
      OR (EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = a.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'whereabouts' = ANY(g.parts)) AND EXISTS (SELECT 1 FROM access_grant g WHERE (g.reason <> 'recorded_it' OR g.record_id = a.id) AND g.person_id = a.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'hidden_whereabouts' = ANY(g.parts)))) LIMIT 400);
    ids := ids || ARRAY(SELECT p.id FROM person AS p WHERE p.id = ANY(near)
      AND (p.born_on = p_born_on OR p.name_words && (given || family)) LIMIT 100);
  END IF;
  IF p_phones <> '{}' THEN
    phoned := ARRAY(SELECT c.person_id FROM contact_point AS c WHERE phone_figures(c.value) = ANY(p_phones)
      AND c.kind <> 'email' AND ((SELECT app_reach()) = 'system' OR (NOT c.do_not_disclose AND ((SELECT app_reach()) = 'people_index' OR EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = c.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'whereabouts' = ANY(g.parts))))
      OR (EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = c.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'whereabouts' = ANY(g.parts)) AND EXISTS (SELECT 1 FROM access_grant g WHERE (g.reason <> 'recorded_it' OR g.record_id = c.id) AND g.person_id = c.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'hidden_whereabouts' = ANY(g.parts)))) LIMIT 40);
    phoned := phoned || ARRAY(SELECT other.person_id FROM family_member AS mine
      JOIN family_member AS other ON other.family_id = mine.family_id AND other.until_on IS NULL
      WHERE mine.person_id = ANY(phoned) LIMIT 200);
    ids := ids || phoned;
  END IF;
  IF p_adults <> '{}' THEN
    keys := ARRAY(SELECT DISTINCT 'p' || one.s || '/' || other.s FROM unnest(p_adults) AS adult,
      unnest(match_sounds(search_words(adult, 4))) AS one (s), unnest(match_sounds(search_words(adult, 4))) AS other (s)
      WHERE one.s < other.s);
    relatives := ARRAY(SELECT p.id FROM person AS p
      WHERE person_match_keys(p.born_on, p.name_words) && keys AND p.kind = 'adult' LIMIT 60);
  END IF;
  -- The children of their families: a child by its mother's name.
  IF relatives <> '{}' THEN
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
        FROM address AS a WHERE a.person_id = p.id AND ((SELECT app_reach()) = 'system' OR (NOT a.do_not_disclose AND ((SELECT app_reach()) = 'people_index' OR EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = a.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'whereabouts' = ANY(g.parts))))
      OR (EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = a.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'whereabouts' = ANY(g.parts)) AND EXISTS (SELECT 1 FROM access_grant g WHERE (g.reason <> 'recorded_it' OR g.record_id = a.id) AND g.person_id = a.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'hidden_whereabouts' = ANY(g.parts))))) END,
      CASE WHEN p_phones = '{}' THEN NULL WHEN p.id = ANY(phoned) THEN true
        WHEN EXISTS (SELECT FROM contact_point AS c WHERE c.person_id = p.id AND c.kind <> 'email'
          AND ((SELECT app_reach()) = 'system' OR (NOT c.do_not_disclose AND ((SELECT app_reach()) = 'people_index' OR EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = c.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'whereabouts' = ANY(g.parts))))
      OR (EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = c.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'whereabouts' = ANY(g.parts)) AND EXISTS (SELECT 1 FROM access_grant g WHERE (g.reason <> 'recorded_it' OR g.record_id = c.id) AND g.person_id = c.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'hidden_whereabouts' = ANY(g.parts))))) THEN false END,
      CASE WHEN p_adults = '{}' THEN NULL ELSE ARRAY(SELECT DISTINCT a.given_name || ' ' || a.family_name
        FROM family_member AS mine
        JOIN family_member AS other ON other.family_id = mine.family_id AND other.until_on IS NULL
        JOIN person AS a ON a.id = other.person_id AND a.kind = 'adult' AND a.id <> p.id
        WHERE mine.person_id = p.id AND ((SELECT app_reach()) = 'system' OR (SELECT app_reach()) = 'people_index' OR EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = a.id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'identity' = ANY(g.parts)))) END
    FROM person AS p WHERE p.id = ANY(ids) AND ((SELECT app_reach()) = 'system' OR (SELECT app_reach()) = 'people_index' OR EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = p.id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'identity' = ANY(g.parts)));
END $$;
CREATE FUNCTION search_people(p_names text, p_dates date[], p_postcode text, p_number text, p_reference text,
  p_phone text, p_offset integer, p_size integer)
RETURNS TABLE (person_id uuid, reference text, kind text, given_name text, family_name text, known_as text,
  born_on date, born_on_estimated boolean, due_on date, died_on date, score real, more boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off
SET jit = off SET plan_cache_mode = force_custom_plan AS $$
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
  IF p_reference IS NULL AND p_number IS NULL AND p_postcode IS NULL AND p_phone IS NULL AND p_dates = '{}'
    AND words = '{}' THEN RETURN; END IF;
  IF NOT free THEN
    SELECT array_agg(DISTINCT held.person_id) INTO mine FROM (
      SELECT g.person_id FROM access_grant AS g WHERE g.principal_id = ANY(app_principals())
        AND (g.until_at IS NULL OR g.until_at > now()) AND 'identity' = ANY(g.parts) LIMIT few + 1) AS held;
    IF mine IS NULL THEN RETURN; END IF;
    IF cardinality(mine) > few THEN mine := NULL; ELSE free := true; END IF;
  END IF;
  IF p_phone IS NOT NULL THEN
    phoned := ARRAY(SELECT c.person_id FROM contact_point AS c
      WHERE phone_figures(c.value) = p_phone AND c.kind <> 'email' AND ((SELECT app_reach()) = 'system' OR (NOT c.do_not_disclose AND ((SELECT app_reach()) = 'people_index' OR EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = c.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'whereabouts' = ANY(g.parts))))
      OR (EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = c.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'whereabouts' = ANY(g.parts)) AND EXISTS (SELECT 1 FROM access_grant g WHERE (g.reason <> 'recorded_it' OR g.record_id = c.id) AND g.person_id = c.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'hidden_whereabouts' = ANY(g.parts)))) LIMIT most);
  END IF;
  IF p_postcode IS NOT NULL THEN
    SELECT coalesce(array_agg(held.person_id), '{}') INTO placed FROM (
      SELECT a.person_id FROM address AS a WHERE a.postcode LIKE place AND a.until_on IS NULL
        AND (mine IS NULL OR a.person_id = ANY(mine)) AND ((SELECT app_reach()) = 'system' OR (NOT a.do_not_disclose AND ((SELECT app_reach()) = 'people_index' OR EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = a.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'whereabouts' = ANY(g.parts))))
      OR (EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = a.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'whereabouts' = ANY(g.parts)) AND EXISTS (SELECT 1 FROM access_grant g WHERE (g.reason <> 'recorded_it' OR g.record_id = a.id) AND g.person_id = a.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'hidden_whereabouts' = ANY(g.parts))))
      LIMIT 3 * most + 1) AS held;
    IF cardinality(placed) > 3 * most AND (words <> '{}' OR p_dates <> '{}') THEN placed := NULL; END IF;
  END IF;
  -- What is checked after the index has found candidates needs more of them to choose from.
  IF NOT free OR (p_postcode IS NOT NULL AND placed IS NULL) THEN wide := 10 * most; END IF;
  FOR attempt IN 0 .. CASE WHEN words = '{}' THEN 0 WHEN cardinality(words) < 3 THEN 2 ELSE 2 + cardinality(words) END
  LOOP
    EXIT WHEN (attempt <= 2 AND cardinality(ids) >= enough) OR (attempt > 2 AND ids IS NOT NULL);
    IF attempt = 0 THEN
      SELECT array_agg(w.ord), array_agg(w.typed), array_agg(1.0::real) INTO ords, alikes, weights
        FROM unnest(words) WITH ORDINALITY AS w (typed, ord);
      ords := coalesce(ords, '{}');
    ELSIF attempt <= 2 THEN
      SELECT coalesce(array_agg(w.ord), '{}'), coalesce(array_agg(a.word), '{}'),
             coalesce(array_agg(a.weight), '{}')
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
          AND (p_dates = '{}' OR p.born_on = ANY(p_dates) OR p.due_on = ANY(p_dates))
          AND (one IS NULL OR p.name_words && one) AND (two IS NULL OR p.name_words && two)
          AND (three IS NULL OR p.name_words && three) AND (four IS NULL OR p.name_words && four)
          AND (phoned IS NULL OR p.id = ANY(phoned))
          AND (placed IS NULL OR p.id = ANY(placed)) AND (mine IS NULL OR p.id = ANY(mine))
        LIMIT wide) AS few) AS near
      LEFT JOIN LATERAL (SELECT true AS yes FROM access_grant AS g WHERE NOT free AND g.person_id = near.id
        AND g.principal_id = ANY(app_principals()) AND (g.until_at IS NULL OR g.until_at > now())
        AND 'identity' = ANY(g.parts) LIMIT 1) AS granted ON true
      LEFT JOIN LATERAL (SELECT true AS yes FROM address AS a WHERE p_postcode IS NOT NULL AND placed IS NULL
        AND a.person_id = near.id AND a.postcode LIKE place AND a.until_on IS NULL AND ((SELECT app_reach()) = 'system' OR (NOT a.do_not_disclose AND ((SELECT app_reach()) = 'people_index' OR EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = a.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'whereabouts' = ANY(g.parts))))
      OR (EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = a.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'whereabouts' = ANY(g.parts)) AND EXISTS (SELECT 1 FROM access_grant g WHERE (g.reason <> 'recorded_it' OR g.record_id = a.id) AND g.person_id = a.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'hidden_whereabouts' = ANY(g.parts)))) LIMIT 1)
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
CREATE FUNCTION search_exists(p_names text, p_dates date[], p_number text) RETURNS TABLE (person_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off
SET jit = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  words CONSTANT text[] := search_words(p_names, 6);
  ids uuid[] := '{}';
BEGIN
  IF app_reach() <> 'none' OR app_principals() = '{}' THEN RETURN; END IF;
  IF p_number IS NOT NULL THEN
    ids := ARRAY(SELECT p.id FROM person AS p WHERE p.nhs_number = p_number LIMIT 5)
      || ARRAY(SELECT p.id FROM person AS p WHERE p.upn = p_number LIMIT 5);
  ELSIF p_dates <> '{}' AND cardinality(words) >= 2 THEN
    ids := ARRAY(
      WITH same_day AS MATERIALIZED (SELECT p.* FROM person AS p WHERE p.born_on = ANY(p_dates) LIMIT 4000)
      SELECT p.id FROM same_day AS p WHERE p.name_words @> words
        AND name_words(p.given_name || ' ' || p.known_as) && words
        AND name_words(p.family_name || ' ' || array_to_string(p.previous_names, ' ')) && words LIMIT 5);
  END IF;
  RETURN QUERY SELECT p.id FROM person AS p WHERE p.id = ANY(ids) AND NOT EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = p.id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'identity' = ANY(g.parts));
END $$;
REVOKE ALL ON FUNCTION match_candidates FROM PUBLIC;
GRANT EXECUTE ON FUNCTION match_candidates TO locality_app;
REVOKE ALL ON FUNCTION search_people FROM PUBLIC; GRANT EXECUTE ON FUNCTION search_people TO locality_app;REVOKE ALL ON FUNCTION search_exists FROM PUBLIC; GRANT EXECUTE ON FUNCTION search_exists TO locality_app;
