-- The search and the matching of migration 0003; 0016 replaces both.
CREATE FUNCTION search_people(p_names text, p_dates date[], p_postcode text, p_number text, p_reference text,
  p_offset integer, p_size integer)
RETURNS TABLE (person_id uuid, reference text, kind text, given_name text, family_name text, known_as text,
  born_on date, born_on_estimated boolean, due_on date, died_on date, score real, more boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off
SET jit = off SET plan_cache_mode = force_custom_plan AS $$
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
  IF p_reference IS NULL AND p_number IS NULL AND p_postcode IS NULL AND p_dates = '{}' AND words = '{}' THEN
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
    SELECT coalesce(array_agg(held.person_id), '{}') INTO placed FROM (
      SELECT a.person_id FROM address AS a WHERE a.postcode LIKE place AND a.until_on IS NULL
        AND (mine IS NULL OR a.person_id = ANY(mine)) AND ((SELECT app_reach()) = 'system' OR (NOT a.do_not_disclose AND ((SELECT app_reach()) = 'people_index' OR EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = a.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'whereabouts' = ANY(g.parts))))
          OR (EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = a.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'whereabouts' = ANY(g.parts)) AND EXISTS (SELECT 1 FROM access_grant g WHERE (g.reason <> 'recorded_it' OR g.record_id = a.id) AND g.person_id = a.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'hidden_whereabouts' = ANY(g.parts))))
      LIMIT 3 * most + 1) AS held;
    IF cardinality(placed) > 3 * most AND (words <> '{}' OR p_dates <> '{}') THEN placed := NULL; END IF;
  END IF;
  -- What is checked after the index has found candidates needs more of them to choose from.
  IF NOT free OR (p_postcode IS NOT NULL AND placed IS NULL) THEN wide := 5 * most; END IF;
  -- First as typed; then as it may have been meant; then, of three words or more, all but one.
  FOR attempt IN 0 .. CASE cardinality(words) WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 2 THEN 1 ELSE 1 + cardinality(words) END
  LOOP
    EXIT WHEN attempt <= 2 AND ids IS NOT NULL;
    IF attempt <= 1 THEN
      SELECT coalesce(array_agg(w.ord), '{}'), coalesce(array_agg(a.word), '{}'),
             coalesce(array_agg(a.weight), '{}')
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
          AND (p_dates = '{}' OR p.born_on = ANY(p_dates) OR p.due_on = ANY(p_dates))
          AND (one IS NULL OR p.name_words && one) AND (two IS NULL OR p.name_words && two)
          AND (three IS NULL OR p.name_words && three) AND (four IS NULL OR p.name_words && four)
          AND (placed IS NULL OR p.id = ANY(placed)) AND (mine IS NULL OR p.id = ANY(mine))
        LIMIT wide) AS few) AS near
      LEFT JOIN LATERAL (SELECT true AS yes FROM access_grant AS g WHERE NOT free AND g.person_id = near.id
        AND g.principal_id = ANY(app_principals()) AND (g.until_at IS NULL OR g.until_at > now())
        AND 'identity' = ANY(g.parts) LIMIT 1) AS granted ON true
      LEFT JOIN LATERAL (SELECT true AS yes FROM address AS a WHERE p_postcode IS NOT NULL AND placed IS NULL
        AND a.person_id = near.id AND a.postcode LIKE place AND a.until_on IS NULL AND ((SELECT app_reach()) = 'system' OR (NOT a.do_not_disclose AND ((SELECT app_reach()) = 'people_index' OR EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = a.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'whereabouts' = ANY(g.parts))))
          OR (EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = a.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'whereabouts' = ANY(g.parts)) AND EXISTS (SELECT 1 FROM access_grant g WHERE (g.reason <> 'recorded_it' OR g.record_id = a.id) AND g.person_id = a.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'hidden_whereabouts' = ANY(g.parts)))) LIMIT 1) AS lives
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
CREATE FUNCTION match_candidates(p_given_name text, p_family_name text, p_known_as text, p_born_on date,
  p_likely_dates date[], p_due_on date, p_nhs_number text, p_upn text, p_postcode text)
RETURNS TABLE (person_id uuid, reference text, given_name text, family_name text, known_as text, previous_names text[],
  born_on date, due_on date, sex text, nhs_number text, upn text, same_postcode boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off
SET jit = off SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
  given text[]; family text[];
BEGIN
  SELECT coalesce(array_agg(DISTINCT a.word), '{}') INTO given
    FROM unnest(search_words(p_given_name || ' ' || p_known_as, 8)) AS w, search_alike(w, 100, 1) AS a;
  SELECT coalesce(array_agg(DISTINCT a.word), '{}') INTO family
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
        AND ((SELECT app_reach()) = 'system' OR (NOT a.do_not_disclose AND ((SELECT app_reach()) = 'people_index' OR EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = a.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'whereabouts' = ANY(g.parts))))
          OR (EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = a.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'whereabouts' = ANY(g.parts)) AND EXISTS (SELECT 1 FROM access_grant g WHERE (g.reason <> 'recorded_it' OR g.record_id = a.id) AND g.person_id = a.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'hidden_whereabouts' = ANY(g.parts)))) LIMIT 20))
    SELECT p.id, p.reference, p.given_name, p.family_name, p.known_as, p.previous_names, p.born_on, p.due_on, p.sex,
      p.nhs_number, p.upn,
      CASE WHEN p_postcode IS NULL THEN NULL ELSE (SELECT bool_or(a.postcode = p_postcode) FROM address AS a
        WHERE a.person_id = p.id AND a.until_on IS NULL AND ((SELECT app_reach()) = 'system' OR (NOT a.do_not_disclose AND ((SELECT app_reach()) = 'people_index' OR EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = a.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'whereabouts' = ANY(g.parts))))
          OR (EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = a.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'whereabouts' = ANY(g.parts)) AND EXISTS (SELECT 1 FROM access_grant g WHERE (g.reason <> 'recorded_it' OR g.record_id = a.id) AND g.person_id = a.person_id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'hidden_whereabouts' = ANY(g.parts))))) END
    FROM near JOIN person AS p ON p.id = near.id
    WHERE ((SELECT app_reach()) = 'system' OR (SELECT app_reach()) = 'people_index' OR EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = p.id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'identity' = ANY(g.parts)));
END $$;
REVOKE ALL ON FUNCTION search_people FROM PUBLIC; GRANT EXECUTE ON FUNCTION search_people TO locality_app;REVOKE ALL ON FUNCTION match_candidates FROM PUBLIC; GRANT EXECUTE ON FUNCTION match_candidates TO locality_app;
