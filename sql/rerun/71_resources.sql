-- Resources at work: which can be used now, and why the others cannot.

-- Inlined, it costs a look at part_now and device_now where a value is
-- measured, at duty_shift where people stand behind, and no more.  Of columns,
-- not of a row: planned as it is, a row would be built for each.
CREATE OR REPLACE FUNCTION fireiot.usability(
	id integer, kind text, status text, device fireiot.device_addr, part fireiot.part_addr, quantity smallint,
	value_min numeric, value_max numeric, fresh_for interval, staff integer,
	unit_id bigint, building_id bigint, area_id bigint, at timestamptz,
	OUT usable boolean, OUT reason text, OUT value numeric, OUT value_since timestamptz, OUT heard_at timestamptz, OUT on_duty integer,
	OUT classified boolean)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
	SELECT w.reason IS NULL, w.reason, n.value, n.since, v.last_seen,
		CASE WHEN d.shifts > 0 THEN d.staff ELSE usability.staff END,
		CASE WHEN num_nonnulls(usability.unit_id, usability.building_id, usability.area_id, usability.device) > 0 THEN
			coalesce((SELECT bool_or(p.classified) FROM fireiot.unit_profile AS p
				WHERE p.unit_id = ANY (ARRAY[usability.unit_id,
					(SELECT b.unit_id FROM fireiot.building AS b WHERE b.id = usability.building_id),
					(SELECT b.unit_id FROM fireiot.area AS a JOIN fireiot.building AS b ON b.id = a.building_id WHERE a.id = usability.area_id),
					(SELECT g.unit_id FROM fireiot.device AS g WHERE g.device OPERATOR(fireiot.=) usability.device)])), false)
			ELSE false END
	FROM (SELECT) AS one
	LEFT JOIN fireiot.part_now AS n ON n.device OPERATOR(fireiot.=) usability.device AND n.part OPERATOR(fireiot.=) usability.part
		AND n.kind = 3 AND n.quantity = usability.quantity
	LEFT JOIN fireiot.device_now AS v ON v.device OPERATOR(fireiot.=) usability.device
	CROSS JOIN LATERAL (
		SELECT count(*) FILTER (WHERE e.days = 0) AS shifts,
			coalesce(sum(s.staff) FILTER (WHERE coalesce(extract(isodow FROM t.day) = ANY (s.weekdays), true)
				AND coalesce(s.valid_from <= t.day, true) AND coalesce(t.day < s.valid_to, true)
				AND l.clock >= t.day + s.from_time
				AND l.clock < t.day + s.to_time + CASE WHEN s.from_time >= s.to_time THEN interval '1 day' ELSE interval '0' END), 0)::integer AS staff
		FROM fireiot.duty_shift AS s
		CROSS JOIN (VALUES (0), (1)) AS e (days)
		CROSS JOIN (SELECT (SELECT at AT TIME ZONE fireiot.setting('time_zone')) AS clock OFFSET 0) AS l
		CROSS JOIN LATERAL (SELECT l.clock::date - e.days AS day) AS t
		WHERE s.resource_id = usability.id AND usability.kind IN ('micro_station', 'fire_station', 'vehicle', 'other')
	) AS d
	CROSS JOIN LATERAL (
		SELECT CASE
			WHEN usability.status <> 'in_service' THEN usability.status
			WHEN usability.device IS NOT NULL AND n.value IS NULL THEN 'no_value'
			WHEN usability.device IS NOT NULL AND coalesce(v.last_seen < at - usability.fresh_for, true)
				THEN CASE WHEN v.online THEN 'stale' ELSE 'device_offline' END
			WHEN n.value < usability.value_min THEN 'value_low'
			WHEN n.value > usability.value_max THEN 'value_high'
			WHEN d.shifts > 0 AND d.staff = 0 THEN 'off_duty'
		END AS reason
	) AS w;
END;
COMMENT ON FUNCTION fireiot.usability(integer, text, text, fireiot.device_addr, fireiot.part_addr, smallint, numeric, numeric, interval, integer, bigint, bigint, bigint, timestamptz) IS
'fireiot.resource_usability of the columns of a resource';

CREATE OR REPLACE FUNCTION fireiot.resource_usability(resource fireiot.resource, at timestamptz DEFAULT now(),
	OUT usable boolean, OUT reason text, OUT value numeric, OUT value_since timestamptz, OUT heard_at timestamptz, OUT on_duty integer,
	OUT classified boolean)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
	SELECT u.* FROM fireiot.usability((resource).id, (resource).kind, (resource).status, (resource).device, (resource).part, (resource).quantity,
		(resource).value_min, (resource).value_max, (resource).fresh_for, (resource).staff,
		(resource).unit_id, (resource).building_id, (resource).area_id, at) AS u;
END;
COMMENT ON FUNCTION fireiot.resource_usability(fireiot.resource, timestamptz) IS
'Can a resource be used: reason is null if so, else its status, no_value, device_offline, stale, value_low, value_high or off_duty; one row. classified: it belongs to a classified unit, so to no shared map or list';

CREATE OR REPLACE VIEW fireiot.resource_state AS
SELECT r.id, r.kind, r.name, r.code, r.unit_id, r.building_id, r.area_id, r.division_code, r.address, r.geom, r.status, r.status_note,
	u.usable, u.reason, u.value, q.unit AS value_unit, r.value_min, r.value_max, u.value_since, u.heard_at, u.on_duty, r.phone, u.classified
FROM fireiot.resource AS r
CROSS JOIN LATERAL fireiot.usability(r.id, r.kind, r.status, r.device, r.part, r.quantity, r.value_min, r.value_max, r.fresh_for, r.staff,
	r.unit_id, r.building_id, r.area_id, now()) AS u
LEFT JOIN fireiot.quantity AS q ON q.code = r.quantity;
COMMENT ON VIEW fireiot.resource_state IS
'Resources, whether each can be used now, and if not why';
