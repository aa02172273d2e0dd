-- Rules at work: which packs apply to a unit, which rules judge a case, which of
-- them is the strictest, and what does not fit together.
--
-- The text of packs that a case stores is all that its rules depend on:
-- `zj-db33-2023/1,operator-default/1,+control_room`.  What is loaded never
-- changes (keep_rules), and what the unit was like is in the text, too.

-- Versions as the site has decided on them.
CREATE OR REPLACE VIEW fireiot.rule_pack_state AS
SELECT p.pack, p.version, p.name_zh, p.name_en, p.document, p.basis, p.jurisdiction, p.certification, p.contract_id,
	coalesce(c.status, p.status) AS status,
	coalesce(c.valid_from, p.valid_from) AS valid_from, coalesce(c.valid_to, p.valid_to) AS valid_to,
	coalesce(c.status, p.status) = 'in_force'
		AND coalesce(coalesce(c.valid_from, p.valid_from) <= z.today, true)
		AND coalesce(z.today < coalesce(c.valid_to, p.valid_to), true) AS in_force,
	c.reason
FROM fireiot.rule_pack AS p
CROSS JOIN (SELECT CAST(now() AT TIME ZONE fireiot.setting('time_zone') AS date) AS today) AS z
LEFT JOIN fireiot.pack_choice AS c ON c.pack = p.pack AND c.version = p.version;
COMMENT ON VIEW fireiot.rule_pack_state IS
'The versions of the packs, with what the site has decided, and whether each is in force today';

CREATE OR REPLACE FUNCTION fireiot.unit_packs(
	units bigint[], at timestamptz DEFAULT pg_catalog.now(), OUT unit_id bigint, OUT packs text)
RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	day date := at AT TIME ZONE fireiot.setting('time_zone');
BEGIN
	RETURN QUERY
	WITH valid AS MATERIALIZED (
		SELECT s.*, s.version = max(s.version) FILTER (WHERE s.status = 'in_force') OVER (PARTITION BY s.pack) AS current,
			s.version = max(s.version) OVER (PARTITION BY s.pack) AS newest,
			bool_or(s.status = 'in_force') OVER (PARTITION BY s.pack) AS has_current
		FROM fireiot.rule_pack_state AS s
		WHERE s.basis <> 'contract' AND s.status <> 'expired'
			AND coalesce(s.valid_from <= day, true) AND coalesce(day < s.valid_to, true)
	), asked AS MATERIALIZED (
		SELECT a.id, row_number() OVER () AS n, u.division_code, coalesce(p.certifications, '{}') AS certifications, coalesce(p.packs, '{}') AS named,
			array_remove(ARRAY[CASE WHEN p.classified THEN 'classified' END, CASE WHEN p.control_room THEN 'control_room' END,
				CASE WHEN p.residential THEN 'residential' END], NULL) || coalesce(p.traits, '{}') AS traits
		FROM (SELECT DISTINCT u AS id FROM unnest(units) AS u) AS a
		LEFT JOIN fireiot.unit AS u ON u.id = a.id
		LEFT JOIN fireiot.unit_profile AS p ON p.unit_id = a.id
	), applies AS (
		SELECT a.n, v.pack, v.version
		FROM asked AS a JOIN valid AS v ON v.current AND (v.basis = 'operator' AND v.pack = 'operator-default'
				OR starts_with(a.division_code, v.jurisdiction) OR v.certification = ANY (a.certifications))
			OR v.pack = ANY (a.named) AND (v.current OR v.newest AND NOT v.has_current)
			OR format('%s/%s', v.pack, v.version) = ANY (a.named)
		UNION
		SELECT a.n, c.pack, max(c.version)
		FROM asked AS a
		JOIN fireiot.contract AS k ON k.unit_id = a.id AND coalesce(k.valid_from <= day, true) AND coalesce(day < k.valid_to, true)
		JOIN fireiot.rule_pack AS c ON c.pack = format('contract-%s', k.id) AND c.basis = 'contract'
			AND coalesce(c.valid_from <= day, true)
		GROUP BY a.n, c.pack
	), listed AS (
		SELECT p.n, string_agg(format('%s/%s', p.pack, p.version), ',' ORDER BY p.pack = 'operator-default', p.pack COLLATE "C", p.version) AS packs
		FROM applies AS p GROUP BY p.n
	)
	SELECT a.id, concat_ws(',', l.packs,
		(SELECT string_agg('+' || t, ',' ORDER BY t COLLATE "C") FROM (SELECT DISTINCT t FROM unnest(a.traits) AS t) AS t))
	FROM asked AS a LEFT JOIN listed AS l ON l.n = a.n;
END
$$;
COMMENT ON FUNCTION fireiot.unit_packs(bigint[], timestamptz) IS
'The packs that apply to each of some units at a time, as cases store them: those of division, certificates, contracts and profile, the operator''s last; then the traits of the unit';

CREATE OR REPLACE FUNCTION fireiot.packs_of(unit_id bigint, at timestamptz DEFAULT pg_catalog.now())
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT u.packs FROM fireiot.unit_packs(ARRAY[packs_of.unit_id], packs_of.at) AS u $$;
COMMENT ON FUNCTION fireiot.packs_of(bigint, timestamptz) IS
'The packs that apply to a unit at a time: zj-db33-2023/1,operator-default/1,+control_room';

-- Word by word: each alarm asks, and a query would take longer to start.
CREATE OR REPLACE FUNCTION fireiot.pack_versions(packs text, OUT pack text, OUT version integer, OUT traits text[])
RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE ROWS 3
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	word text;
	told text[] := '{}';
BEGIN
	traits := '{}';
	FOREACH word IN ARRAY string_to_array(packs, ',') LOOP
		IF trim(word) LIKE '+%' THEN
			traits := traits || substr(trim(word), 2);
		END IF;
	END LOOP;
	FOREACH word IN ARRAY string_to_array(packs, ',') LOOP
		CONTINUE WHEN trim(word) LIKE '+%';
		pack := split_part(trim(word), '/', 1);
		version := substring(trim(word) FROM '/([0-9]{1,9})$');
		IF version IS NULL THEN
			SELECT max(p.version) INTO version FROM fireiot.rule_pack AS p WHERE p.pack = trim(word);
		END IF;
		CONTINUE WHEN concat(pack, '/', version) = ANY (told);
		told := told || concat(pack, '/', version);
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION fireiot.pack_versions(text) IS
'The words of what a case stores: each pack and version once, without a version the newest; beside each the traits of the unit';

CREATE OR REPLACE FUNCTION fireiot.fits_traits(asked text[], traits text[])
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT NOT EXISTS (SELECT FROM unnest(asked) AS a
		WHERE CASE WHEN a LIKE '!%' THEN substr(a, 2) = ANY (traits) ELSE a <> ALL (traits) END)
$$;
COMMENT ON FUNCTION fireiot.fits_traits(text[], text[]) IS
'Has a unit with these traits all that a rule asks for? !trait: must not have it; null asks for nothing';

-- Whatever is no pack that is loaded is left out: a case must open all the same.
CREATE OR REPLACE FUNCTION fireiot.pack_rules(packs text)
RETURNS SETOF fireiot.rule
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE ROWS 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT r.*
	FROM fireiot.pack_versions(packs) AS v
	JOIN fireiot.rule AS r ON r.pack = v.pack AND r.version = v.version
	WHERE r.traits IS NULL OR fireiot.fits_traits(r.traits, v.traits);
END
$$;
COMMENT ON FUNCTION fireiot.pack_rules(text) IS
'All rules of some packs that are for a unit with these traits; a pack without a version: the newest';

-- Does a clause with a number put this number of the operator aside?  In a form
-- that queries take in.
CREATE OR REPLACE FUNCTION fireiot.puts_aside(clause fireiot.rule, operator fireiot.rule)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT operator.origin = 'operator' AND clause.origin = 'clause' AND operator.transition IS NULL
		AND clause.metric = operator.metric AND clause.conditions IS NOT DISTINCT FROM operator.conditions
		AND num_nonnulls(clause.limit_interval, clause.limit_days, clause.level) > 0;
END;
COMMENT ON FUNCTION fireiot.puts_aside(fireiot.rule, fireiot.rule) IS
'Is the first a number of a clause for what the second sets as the operator''s own? Classes are not looked at';

CREATE OR REPLACE FUNCTION fireiot.rules_of(packs text)
RETURNS SETOF fireiot.rule
LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 100
SET search_path = pg_catalog, pg_temp
AS $$
	WITH r AS MATERIALIZED (SELECT p AS rule FROM fireiot.pack_rules(packs) AS p)
	SELECT (o.rule).*
	FROM r AS o
	WHERE (o.rule).origin = 'clause' OR NOT EXISTS (
		SELECT FROM r AS c
		WHERE fireiot.puts_aside(c.rule, o.rule) AND (c.rule).kinds IS NULL
			AND ((o.rule).classes IS NULL OR (o.rule).classes <@ (c.rule).classes))
$$;
COMMENT ON FUNCTION fireiot.rules_of(text) IS
'The rules of some packs: numbers of the operator only where no clause has one for the same metric and class';

CREATE OR REPLACE FUNCTION fireiot.case_rules(packs text, class text, kind text DEFAULT NULL)
RETURNS SETOF fireiot.rule
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 20
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	WITH r AS MATERIALIZED (
		SELECT p.*
		FROM fireiot.pack_versions(case_rules.packs) AS v
		JOIN fireiot.rule AS p ON p.pack = v.pack AND p.version = v.version
		LEFT JOIN fireiot.pack_class AS k ON k.pack = p.pack AND k.version = p.version AND k.kind = case_rules.kind
		WHERE coalesce(k.class, case_rules.class) = ANY (p.classes)
			AND (p.kinds IS NULL OR case_rules.kind = ANY (p.kinds))
			AND (p.traits IS NULL OR fireiot.fits_traits(p.traits, v.traits))
	)
	SELECT o.*
	FROM r AS o
	WHERE o.origin = 'clause'
		OR NOT EXISTS (SELECT FROM r AS c WHERE fireiot.puts_aside(c::fireiot.rule, o::fireiot.rule));
END
$$;
COMMENT ON FUNCTION fireiot.case_rules(text, text, text) IS
'The rules that judge a case of a class and kind under some packs, each pack with its own class for the kind';

CREATE OR REPLACE FUNCTION fireiot.with_packs(packs text, judged text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT concat_ws(',', judged, (SELECT string_agg(w, ',') FROM string_to_table(packs, ',') AS w WHERE w LIKE '+%')) $$;
COMMENT ON FUNCTION fireiot.with_packs(text, text) IS
'Other packs for a case that stores these: the traits of its unit stay';

CREATE OR REPLACE FUNCTION fireiot.known_packs(packs text)
RETURNS text
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	unknown text := (
		SELECT string_agg(format('"%s"', word), ', ')
		FROM string_to_table(packs, ',') AS w, trim(w) AS word
		WHERE word NOT LIKE '+%' AND NOT EXISTS (
			SELECT FROM fireiot.rule_pack AS p WHERE word IN (p.pack, format('%s/%s', p.pack, p.version))));
BEGIN
	IF unknown IS NOT NULL THEN
		RAISE EXCEPTION 'there is no rule pack %', unknown
			USING ERRCODE = 'undefined_object',
				HINT = 'SELECT pack, version FROM fireiot.rule_pack lists them.';
	END IF;
	RETURN packs;
END
$$;
COMMENT ON FUNCTION fireiot.known_packs(text) IS
'The packs themselves; an error when one of them is not loaded';

-- The less the stricter.  Working days count as so many days, their least; a
-- level that is a minimum is the stricter the higher it is, and how often in a
-- time is a rate.
CREATE OR REPLACE FUNCTION fireiot.strictness(rule fireiot.rule)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN rule.sort = 'cycle' AND rule.level IS NOT NULL THEN seconds / rule.level
		ELSE coalesce(rule.level, seconds) * CASE rule.bound WHEN 'min' THEN -1 ELSE 1 END END
	FROM (SELECT extract(epoch FROM coalesce(rule.limit_interval, make_interval(days => rule.limit_days))) AS seconds) AS s
$$;
COMMENT ON FUNCTION fireiot.strictness(fireiot.rule) IS
'Of two rules with one metric and bound the lower is the stricter; null: it has no number';

CREATE OR REPLACE FUNCTION fireiot.rule_number(rule fireiot.rule)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET intervalstyle = 'postgres'
AS $$
	SELECT nullif(concat_ws(' ', CASE WHEN rule.sort <> 'deadline' THEN CASE rule.bound WHEN 'min' THEN 'at least' WHEN 'max' THEN 'at most' END END,
		trim_scale(rule.level), CASE WHEN rule.level IS NULL THEN rule.limit_interval::text END, rule.level_unit,
		CASE WHEN rule.limit_days = 1 THEN '1 working day' WHEN rule.limit_days > 1 THEN format('%s working days', rule.limit_days) END), '')
$$;
COMMENT ON FUNCTION fireiot.rule_number(fireiot.rule) IS
'The number of a rule in words; null: it has none';

CREATE OR REPLACE FUNCTION fireiot.strictest_of(
	packs text, class text DEFAULT NULL, kind text DEFAULT NULL,
	OUT metric text, OUT sort text, OUT pack text, OUT version integer, OUT rule text, OUT clause text, OUT number text,
	OUT modality text, OUT origin text, OUT start_step text, OUT stop_steps text[], OUT limit_interval interval, OUT limit_days integer,
	OUT bound text, OUT level numeric, OUT targets text[], OUT required_fields text[], OUT required_steps text[],
	OUT actions text[], OUT beats text[])
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE ROWS 20
SET search_path = pg_catalog, pg_temp
AS $$
	WITH r AS MATERIALIZED (
		SELECT c AS rule FROM fireiot.case_rules(strictest_of.packs, strictest_of.class, strictest_of.kind) AS c
		WHERE strictest_of.class IS NOT NULL
		UNION ALL
		SELECT c FROM fireiot.rules_of(strictest_of.packs) AS c WHERE strictest_of.class IS NULL AND c.classes IS NULL
	), ranked AS (
		SELECT r.rule, row_number() OVER same AS place
		FROM r
		WINDOW same AS (PARTITION BY (r.rule).metric, (r.rule).bound
			ORDER BY fireiot.strictness(r.rule) NULLS LAST,
				array_position('{shall,should,generally,no_number}', (r.rule).modality),
				(r.rule).origin, (r.rule).pack COLLATE "C", (r.rule).version DESC, (r.rule).rule COLLATE "C")
	)
	SELECT (w.rule).metric, (w.rule).sort, (w.rule).pack, (w.rule).version, (w.rule).rule, (w.rule).clause,
		fireiot.rule_number(w.rule), (w.rule).modality, (w.rule).origin, (w.rule).start_step, (w.rule).stop_steps,
		(w.rule).limit_interval, (w.rule).limit_days, (w.rule).bound, (w.rule).level,
		u.targets, u.fields, u.steps, u.actions,
		(SELECT array_agg(format('%s/%s %s: %s', (b.rule).pack, (b.rule).version, (b.rule).rule,
					coalesce(fireiot.rule_number(b.rule), 'no number')) ORDER BY b.place)
		 FROM ranked AS b WHERE b.place > 1 AND (b.rule).metric = (w.rule).metric AND (b.rule).bound IS NOT DISTINCT FROM (w.rule).bound)
	FROM ranked AS w
	CROSS JOIN LATERAL (
		SELECT array_agg(DISTINCT t ORDER BY t) FILTER (WHERE t IS NOT NULL) AS targets,
			array_agg(DISTINCT f ORDER BY f) FILTER (WHERE f IS NOT NULL) AS fields,
			array_agg(DISTINCT s ORDER BY s) FILTER (WHERE s IS NOT NULL) AS steps,
			array_agg(DISTINCT (e.rule).action ORDER BY (e.rule).action) FILTER (WHERE (e.rule).action <> 'none') AS actions
		FROM ranked AS e
		LEFT JOIN LATERAL unnest((e.rule).targets) AS t ON true
		LEFT JOIN LATERAL unnest((e.rule).required_fields) AS f ON true
		LEFT JOIN LATERAL unnest((e.rule).required_steps) AS s ON true
		WHERE (e.rule).metric = (w.rule).metric AND (e.rule).bound IS NOT DISTINCT FROM (w.rule).bound
	) AS u
	WHERE w.place = 1
	ORDER BY (w.rule).sort, (w.rule).metric, (w.rule).bound
$$;
COMMENT ON FUNCTION fireiot.strictest_of(text, text, text) IS
'Of the rules of some packs for a class the strictest of each metric, with the targets and required fields of all, and what it beats; without a class the rules of the operation itself';

CREATE OR REPLACE FUNCTION fireiot.strictest(
	unit_id bigint, class text DEFAULT NULL, at timestamptz DEFAULT pg_catalog.now(), kind text DEFAULT NULL,
	OUT metric text, OUT sort text, OUT pack text, OUT version integer, OUT rule text, OUT clause text, OUT number text,
	OUT modality text, OUT origin text, OUT start_step text, OUT stop_steps text[], OUT limit_interval interval, OUT limit_days integer,
	OUT bound text, OUT level numeric, OUT targets text[], OUT required_fields text[], OUT required_steps text[],
	OUT actions text[], OUT beats text[])
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE ROWS 20
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT s.* FROM fireiot.strictest_of(fireiot.packs_of(strictest.unit_id, strictest.at), strictest.class, strictest.kind) AS s
$$;
COMMENT ON FUNCTION fireiot.strictest(bigint, text, timestamptz, text) IS
'As fireiot.strictest_of, under the packs that apply to a unit at a time';

-- A least that is above a most, of one metric.
CREATE OR REPLACE FUNCTION fireiot.contradictions(
	packs text, OUT metric text, OUT at_least text, OUT at_least_rule text, OUT at_most text, OUT at_most_rule text)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT DISTINCT l.metric, fireiot.rule_number(l), format('%s/%s %s', l.pack, l.version, l.rule),
		fireiot.rule_number(m), format('%s/%s %s', m.pack, m.version, m.rule)
	FROM fireiot.rules_of(contradictions.packs) AS l
	JOIN fireiot.rules_of(contradictions.packs) AS m ON m.metric = l.metric
		AND (m.classes IS NULL AND l.classes IS NULL OR m.classes && l.classes)
	WHERE l.bound = 'min' AND m.bound = 'max'
		AND (l.level > m.level OR l.level IS NULL AND m.level IS NULL AND l.limit_interval > m.limit_interval)
	ORDER BY 1, 3, 5
$$;
COMMENT ON FUNCTION fireiot.contradictions(text) IS
'Where the packs ask for more at least than they allow at most: shown, and left to people to resolve';

-- Contracts set deadlines only, and each unit has its own: without them there are
-- few different sets of packs, however many units.
CREATE OR REPLACE FUNCTION fireiot.without_contracts(packs text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT regexp_replace(packs, 'contract-[0-9]+/[0-9]+,?', '', 'g') $$;
COMMENT ON FUNCTION fireiot.without_contracts(text) IS
'The packs that are not of contracts';

CREATE OR REPLACE VIEW fireiot.rule_contradiction AS
WITH used AS MATERIALIZED (
	SELECT fireiot.without_contracts(p.packs) AS packs, count(*) AS units
	FROM fireiot.unit_packs(ARRAY(SELECT u.id FROM fireiot.unit AS u)) AS p
	GROUP BY 1
)
SELECT u.packs, u.units, c.metric, c.at_least, c.at_least_rule, c.at_most, c.at_most_rule
FROM used AS u CROSS JOIN LATERAL fireiot.contradictions(u.packs) AS c;
COMMENT ON VIEW fireiot.rule_contradiction IS
'fireiot.contradictions of the packs that apply to units today';

-- The list of figures: those of the rules, newest versions, and those of retention.
CREATE OR REPLACE VIEW fireiot.figure AS
SELECT r.figure, r.pack, r.version, r.rule, r.requirements, p.document, r.clause, r.sort, r.classes, r.metric,
	fireiot.rule_number(r) AS number, r.modality, r.note
FROM fireiot.rule AS r
JOIN fireiot.rule_pack AS p ON p.pack = r.pack AND p.version = r.version
WHERE r.figure IS NOT NULL
	AND r.version = (SELECT max(n.version) FROM fireiot.rule_pack AS n WHERE n.pack = r.pack)
UNION ALL
SELECT t.figure, p.pack, p.version, t.rule, ARRAY[split_part(t.rule, ' ', 1)], p.document, t.clause, 'retention', t.classes, 'retention',
	concat_ws(', ', CASE WHEN t.never THEN 'never goes' END, 'at least ' || t.minimum, 'at most ' || t.maximum,
		CASE WHEN t.destroy_or_extend THEN 'a term, then destroy or extend' END),
	'shall', t.note
FROM fireiot.retention_rule AS t
LEFT JOIN fireiot.rule_pack AS p ON p.retention_source = t.source
	AND p.version = (SELECT max(n.version) FROM fireiot.rule_pack AS n WHERE n.pack = p.pack)
WHERE t.figure IS NOT NULL;
COMMENT ON VIEW fireiot.figure IS
'Every figure of the documents with its clause and the rule that carries it, retention too';
