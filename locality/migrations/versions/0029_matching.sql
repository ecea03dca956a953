-- The matching of migration 0029; 0032 replaces it.
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
  given CONSTANT text[] := (name_words(p_given || ' ' || p_other_forms))[1:16];
  family CONSTANT text[] := (name_words(p_family))[1:4];
  heard_given CONSTANT text[] := ARRAY(SELECT DISTINCT coalesce(nullif(dmetaphone(w), ''), left(w, 6)) FROM unnest(given) AS u (w) WHERE length(w) <= 60);
  heard_family CONSTANT text[] := ARRAY(SELECT DISTINCT coalesce(nullif(dmetaphone(w), ''), left(w, 6)) FROM unnest(family) AS u (w) WHERE length(w) <= 60);
  names CONSTANT text[] := given || family;
  first CONSTANT text := left(given[1], 60);
  last CONSTANT text := left(family[1], 60);
  first_heard CONSTANT text := coalesce(nullif(dmetaphone(first), ''), left(first, 6));
  -- How many letters may be wrong, by the length of the name; of two letters none say anything.
  first_off CONSTANT integer := CASE WHEN length(first) > 5 THEN 2 WHEN length(first) >= 3 THEN 1 END;
  last_off CONSTANT integer := CASE WHEN length(last) > 5 THEN 2 WHEN length(last) >= 3 THEN 1 END;
  born_year CONSTANT integer := extract(year FROM p_born_on);
  born_month CONSTANT integer := extract(month FROM p_born_on);
  born_day CONSTANT integer := extract(day FROM p_born_on);
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
    keys := ARRAY(SELECT 'd' || (p_born_on - DATE '1900-01-01') || s FROM unnest(heard_given || heard_family) AS u (s)
      UNION ALL SELECT 'd' || (d - DATE '1900-01-01') || s
        FROM unnest(p_likely_dates) AS u (d), unnest(heard_family || first_heard) AS v (s)
        WHERE d <> p_born_on AND s IS NOT NULL
      UNION ALL SELECT unnest(ARRAY['n' || p, 'y' || born_year || p]) FROM unnest(pairs) AS u (p));
    -- Born on another day, one name like it is not enough: both must be, where both are known.
    ids := ids || ARRAY(SELECT k.id FROM (SELECT p.id, p.born_on, p.name_words FROM person AS p
        WHERE person_match_keys(p.born_on, p.name_words) && keys LIMIT 400) AS k
      WHERE k.born_on = p_born_on OR k.born_on IS NULL OR ((k.born_on = ANY(p_likely_dates) OR
  2 <= (extract(year FROM k.born_on) = born_year)::integer + (extract(month FROM k.born_on) = born_month)::integer
    + (extract(day FROM k.born_on) = born_day)::integer)
        AND CASE WHEN family = '{}' OR given = '{}' THEN k.name_words && names ELSE (k.name_words && given OR (levenshtein_less_equal(left(k.name_words[1], 60), first, first_off) <= first_off OR levenshtein_less_equal(left(k.name_words[2], 60), first, first_off) <= first_off OR levenshtein_less_equal(left(k.name_words[3], 60), first, first_off) <= first_off OR levenshtein_less_equal(left(k.name_words[4], 60), first, first_off) <= first_off) OR (coalesce(nullif(dmetaphone(left(k.name_words[1], 60)), ''), left(left(k.name_words[1], 60), 6)) = ANY(heard_given) OR coalesce(nullif(dmetaphone(left(k.name_words[2], 60)), ''), left(left(k.name_words[2], 60), 6)) = ANY(heard_given) OR coalesce(nullif(dmetaphone(left(k.name_words[3], 60)), ''), left(left(k.name_words[3], 60), 6)) = ANY(heard_given) OR coalesce(nullif(dmetaphone(left(k.name_words[4], 60)), ''), left(left(k.name_words[4], 60), 6)) = ANY(heard_given))) AND (k.name_words && family OR (levenshtein_less_equal(left(k.name_words[1], 60), last, last_off) <= last_off OR levenshtein_less_equal(left(k.name_words[2], 60), last, last_off) <= last_off OR levenshtein_less_equal(left(k.name_words[3], 60), last, last_off) <= last_off OR levenshtein_less_equal(left(k.name_words[4], 60), last, last_off) <= last_off) OR (coalesce(nullif(dmetaphone(left(k.name_words[1], 60)), ''), left(left(k.name_words[1], 60), 6)) = ANY(heard_family) OR coalesce(nullif(dmetaphone(left(k.name_words[2], 60)), ''), left(left(k.name_words[2], 60), 6)) = ANY(heard_family) OR coalesce(nullif(dmetaphone(left(k.name_words[3], 60)), ''), left(left(k.name_words[3], 60), 6)) = ANY(heard_family) OR coalesce(nullif(dmetaphone(left(k.name_words[4], 60)), ''), left(left(k.name_words[4], 60), 6)) = ANY(heard_family))) END));
    -- Born that very day, with a name that is a slip or two of the pen away.
    ids := ids || ARRAY(SELECT k.id FROM (SELECT p.id, p.name_words FROM person AS p WHERE p.born_on = p_born_on
        LIMIT 2000) AS k
      WHERE (levenshtein_less_equal(left(k.name_words[1], 60), first, first_off) <= first_off OR levenshtein_less_equal(left(k.name_words[2], 60), first, first_off) <= first_off OR levenshtein_less_equal(left(k.name_words[3], 60), first, first_off) <= first_off OR levenshtein_less_equal(left(k.name_words[4], 60), first, first_off) <= first_off) OR (levenshtein_less_equal(left(k.name_words[1], 60), last, last_off) <= last_off OR levenshtein_less_equal(left(k.name_words[2], 60), last, last_off) <= last_off OR levenshtein_less_equal(left(k.name_words[3], 60), last, last_off) <= last_off OR levenshtein_less_equal(left(k.name_words[4], 60), last, last_off) <= last_off) LIMIT 100);
  ELSE
    keys := ARRAY(SELECT 'p' || p FROM unnest(pairs) AS u (p));
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
      FROM generate_series(-42, 42) AS away, unnest(heard_family) AS u (s));
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
    -- A baby is often entered under the other parent's surname: at one place, about then is enough.
    ids := ids || ARRAY(SELECT p.id FROM person AS p WHERE p.id = ANY(near)
      AND (p.born_on = p_born_on OR p.name_words && names OR p.due_on BETWEEN due - 42 AND due + 42
        OR p.born_on BETWEEN p_due_on - 42 AND p_due_on + 42) LIMIT 100);
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
  -- The children of their families: a child by its mother's name, born or due about then or with a name like it.
  IF relatives <> '{}' THEN
    ids := ids || ARRAY(SELECT other.person_id FROM family_member AS mine
      JOIN family_member AS other ON other.family_id = mine.family_id AND other.until_on IS NULL
      JOIN person AS p ON p.id = other.person_id
      WHERE mine.person_id = ANY(relatives)
        AND p.kind = 'child' AND (due IS NULL OR coalesce(p.born_on, p.due_on) IS NULL
          OR coalesce(p.born_on, p.due_on) = ANY(p_likely_dates || p_due_on)
          OR coalesce(p.born_on, p.due_on) BETWEEN due - 42 AND due + 42 OR p.name_words && given) LIMIT 100);
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
