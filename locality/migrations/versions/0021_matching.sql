-- The matching of migration 0021; 0029 replaces it.
CREATE FUNCTION match_candidates(p_given text, p_family text, p_other_forms text, p_born_on date, p_likely_dates date[],
  p_due_on date, p_nhs_number text, p_upn text, p_lines text[], p_postcode text, p_phones text[], p_adults text[])
RETURNS TABLE (person_id uuid, reference text, kind text, given_name text, family_name text, known_as text,
  previous_names text[], born_on date, due_on date, sex text, nhs_number text, upn text, places jsonb,
  same_phone boolean, adults text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off
SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  free CONSTANT boolean := app_reach() IN ('system', 'people_index');
  closed CONSTANT uuid[] := closed_people();
  given CONSTANT text[] := search_words(p_given || ' ' || p_other_forms, 16);
  family CONSTANT text[] := search_words(p_family, 4);
  heard_given CONSTANT text[] := match_sounds(given);
  heard_family CONSTANT text[] := match_sounds(family);
  names CONSTANT text[] := given || family;
  sounds CONSTANT text[] := heard_given || heard_family;
  due CONSTANT date := coalesce(p_due_on, p_born_on);
  pairs text[]; keys text[]; ids uuid[] := '{}'; meant text[]; meant_too text[];
  near uuid[]; relatives uuid[] := '{}'; phoned uuid[] := '{}';
BEGIN
  IF p_nhs_number IS NOT NULL THEN
    ids := ids || ARRAY(SELECT p.id FROM person AS p WHERE p.nhs_number = p_nhs_number LIMIT 20);
  END IF;
  IF p_upn IS NOT NULL THEN ids := ids || ARRAY(SELECT p.id FROM person AS p WHERE p.upn = p_upn LIMIT 20); END IF;
  pairs := ARRAY(SELECT DISTINCT least(g.s, f.s) || '/' || greatest(g.s, f.s)
    FROM unnest(heard_given) AS g (s), unnest(heard_family) AS f (s) WHERE g.s <> f.s);
  IF p_born_on IS NOT NULL THEN
    keys := ARRAY(
      SELECT 'd' || (p_born_on - DATE '1900-01-01') || s FROM unnest(sounds) AS s
      UNION ALL SELECT 'd' || (d - DATE '1900-01-01') || s FROM unnest(p_likely_dates) AS d,
        unnest(CASE WHEN family = '{}' THEN heard_given ELSE match_sound(given[1]) || heard_family END) AS s
      UNION ALL SELECT 'y' || y || p FROM unnest(pairs) AS p,
        (SELECT DISTINCT extract(year FROM d)::integer FROM unnest(p_likely_dates) AS d) AS years (y)
      UNION ALL SELECT 'n' || p FROM unnest(pairs) AS p);
    -- Born on another day, one name like it is not enough: two must be, where two are known.
    ids := ids || ARRAY(
      WITH keyed AS MATERIALIZED (SELECT p.id, p.born_on, p.name_words FROM person AS p
        WHERE person_match_keys(p.born_on, p.name_words) && keys LIMIT 400)
      SELECT k.id FROM keyed AS k WHERE k.born_on = p_born_on OR k.born_on IS NULL OR given = '{}' OR family = '{}'
        OR 2 <= (SELECT count(*) FROM unnest(k.name_words) AS theirs WHERE match_sound(theirs) = ANY(sounds)
          OR EXISTS (SELECT FROM unnest(names) AS ours
            WHERE length(theirs) <= 60 AND levenshtein_less_equal(theirs, ours, 2) <= 2)));
    -- Of those born that very day, names that are a slip or two of the pen away.
    ids := ids || ARRAY(
      WITH same_day AS MATERIALIZED (SELECT p.id, p.name_words FROM person AS p WHERE p.born_on = p_born_on LIMIT 2000)
      SELECT s.id FROM same_day AS s WHERE EXISTS (
        SELECT FROM unnest(s.name_words) AS theirs, unnest(names) AS ours
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
      AND (p.name_words && family OR match_sounds(p.name_words) && heard_family) LIMIT 50);
  END IF;
  IF p_due_on IS NOT NULL THEN
    keys := ARRAY(SELECT 'd' || (p_due_on + away - DATE '1900-01-01') || s
      FROM generate_series(-42, 42) AS away, unnest(heard_family) AS s);
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
      AND (p.born_on = p_born_on OR p.name_words && names) LIMIT 100);
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
  IF p_lines IS NULL AND p_postcode IS NULL AND p_phones = '{}' AND p_adults = '{}' THEN
    RETURN QUERY SELECT p.id, p.reference, p.kind, p.given_name, p.family_name, p.known_as, p.previous_names,
        p.born_on, p.due_on, p.sex, p.nhs_number, p.upn, NULL::jsonb, NULL::boolean, NULL::text[]
      FROM person AS p WHERE p.id = ANY(ids) AND p.id <> ALL(closed) AND (free OR EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = p.id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'identity' = ANY(g.parts)));
    RETURN;
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
        WHERE mine.person_id = p.id AND (free OR EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = a.id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'identity' = ANY(g.parts))) AND a.id <> ALL(closed)) END
    FROM person AS p WHERE p.id = ANY(ids) AND (free OR EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = p.id AND g.principal_id = ANY(((SELECT app_principals())::uuid[])) AND (g.until_at IS NULL OR g.until_at > now()) AND 'identity' = ANY(g.parts))) AND p.id <> ALL(closed);
END $$;
REVOKE ALL ON FUNCTION match_candidates FROM PUBLIC;
GRANT EXECUTE ON FUNCTION match_candidates TO locality_app;
