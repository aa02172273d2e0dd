-- Input of device_addr, part_addr and alarm_state that does not raise but
-- says what is wrong (PostgreSQL 16 and later).
SET search_path = public, fireiot;

SELECT i, type, input, pg_input_is_valid(input, type) AS valid
FROM (VALUES (1, 'device_addr', '0a1b2c3d4e5f'), (2, 'device_addr', ' 0A1B2C3D4E5F '),
			 (3, 'device_addr', ''), (4, 'device_addr', '0a1b2c3d4e5'),
			 (5, 'device_addr', '0a1b2c3d4e5g'), (6, 'device_addr', '0a1b2c3d4e5f0'),
			 (11, 'part_addr', '1.1'), (12, 'part_addr', ' 1.1/40.131082 '),
			 (13, 'part_addr', '1'), (14, 'part_addr', '1.1/40'),
			 (15, 'part_addr', '256.1'), (16, 'part_addr', '1.1/40.4294967296'),
			 (21, 'alarm_state', 'component{}'),
			 (22, 'alarm_state', ' component{fire, bit9}'),
			 (23, 'alarm_state', 'component'), (24, 'alarm_state', 'component{fire,}'),
			 (25, 'alarm_state', 'part{fire}'), (26, 'alarm_state', 'component{smoke}'),
			 (27, 'alarm_state', 'operation{reset,bit8}'),
			 (31, 'device_addr[]', '{0a1b2c3d4e5f,0A1B2C3D4E5F}'),
			 (32, 'device_addr[]', '{0a1b2c3d4e5f,1}'),
			 (33, 'alarm_state[]', '{"component{fire}","component{smoke}"}')
	 ) v (i, type, input)
ORDER BY i;

-- What is wrong, one of each kind.
\x on
SELECT type, input, e.*
FROM (VALUES (1, 'device_addr', '0a1b2c3d4e5g'), (2, 'part_addr', '1.1/40'),
			 (3, 'part_addr', '1.1/40.4294967296'), (4, 'alarm_state', 'component'),
			 (5, 'alarm_state', 'part{fire}'), (6, 'alarm_state', 'component{fire,smoke}'),
			 (7, 'alarm_state', 'operation{reset,bit8}'), (8, 'part_addr', '1.1')
	 ) v (i, type, input),
	 LATERAL pg_input_error_info(input, type) e
ORDER BY i;
