-- Resources at work: which can be used now, and why the others cannot.

-- No function in it is called for a row that does not need it, and it is
-- inlined: it costs a look at part_now and device_now where a value is
-- measured, at duty_shift for what people stand behind, and nothing else.
CREATE OR REPLACE FUNCTION fireiot.resource_usability(resource fireiot.resource, at timestamptz DEFAULT now())
RETURNS TABLE (usable boolean, reason text, value numeric, value_since timestamptz, heard_at timestamptz, on_duty integer, classified boolean)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
	SELECT w.reason IS NULL, w.reason, n.value, n.since, v.last_seen,
		CASE WHEN d.shifts > 0 THEN d.staff ELSE (resource).staff END,
		CASE WHEN num_nonnulls((resource).unit_id, (resource).building_id, (resource).area_id, (resource).device) > 0 THEN
			coalesce((SELECT bool_or(p.classified) FROM fireiot.unit_profile AS p
				WHERE p.unit_id = ANY (ARRAY[(resource).unit_id,
					(SELECT b.unit_id FROM fireiot.building AS b WHERE b.id = (resource).building_id),
					(SELECT b.unit_id FROM fireiot.area AS a JOIN fireiot.building AS b ON b.id = a.building_id WHERE a.id = (resource).area_id),
					(SELECT g.unit_id FROM fireiot.device AS g WHERE g.device OPERATOR(fireiot.=) (resource).device)])), false)
			ELSE false END
	FROM (SELECT) AS one
	LEFT JOIN fireiot.part_now AS n ON n.device OPERATOR(fireiot.=) (resource).device AND n.part OPERATOR(fireiot.=) (resource).part
		AND n.kind = 3 AND n.quantity = (resource).quantity
	LEFT JOIN fireiot.device_now AS v ON v.device OPERATOR(fireiot.=) (resource).device
	CROSS JOIN LATERAL (
		SELECT count(*) FILTER (WHERE e.days = 0) AS shifts,
			coalesce(sum(s.staff) FILTER (WHERE coalesce(extract(isodow FROM t.day) = ANY (s.weekdays), true)
				AND coalesce(s.valid_from <= t.day, true) AND coalesce(t.day < s.valid_to, true)
				AND t.clock >= t.day + s.from_time
				AND t.clock < t.day + s.to_time + CASE WHEN s.from_time >= s.to_time THEN interval '1 day' ELSE interval '0' END), 0)::integer AS staff
		FROM fireiot.duty_shift AS s
		CROSS JOIN (VALUES (0), (1)) AS e (days)
		CROSS JOIN LATERAL (SELECT l.clock, l.clock::date - e.days AS day
			FROM (SELECT (SELECT at AT TIME ZONE fireiot.setting('time_zone')) AS clock) AS l) AS t
		WHERE s.resource_id = (resource).id AND (resource).kind IN ('micro_station', 'fire_station', 'vehicle', 'other')
	) AS d
	CROSS JOIN LATERAL (
		SELECT CASE
			WHEN (resource).status <> 'in_service' THEN (resource).status
			WHEN (resource).device IS NOT NULL AND n.value IS NULL THEN 'no_value'
			WHEN (resource).device IS NOT NULL AND coalesce(v.last_seen < at - (resource).fresh_for, true)
				THEN CASE WHEN v.online THEN 'stale' ELSE 'device_offline' END
			WHEN n.value < (resource).value_min THEN 'value_low'
			WHEN n.value > (resource).value_max THEN 'value_high'
			WHEN d.shifts > 0 AND d.staff = 0 THEN 'off_duty'
		END AS reason
	) AS w;
END;
COMMENT ON FUNCTION fireiot.resource_usability(fireiot.resource, timestamptz) IS
'Can a resource be used: reason is null if so, else its status, no_value, device_offline, stale, value_low, value_high or off_duty; one row. classified: it belongs to a classified unit, so to no shared map or list';

CREATE OR REPLACE VIEW fireiot.resource_state AS
SELECT r.id, r.kind, r.name, r.code, r.unit_id, r.building_id, r.area_id, r.division_code, r.address, r.geom, r.status, r.status_note,
	u.usable, u.reason, u.value, q.unit AS value_unit, r.value_min, r.value_max, u.value_since, u.heard_at, u.on_duty, r.phone, u.classified
FROM fireiot.resource AS r
CROSS JOIN LATERAL fireiot.resource_usability(r) AS u
LEFT JOIN fireiot.quantity AS q ON q.code = r.quantity;
COMMENT ON VIEW fireiot.resource_state IS
'Resources, whether each can be used now, and if not why';
