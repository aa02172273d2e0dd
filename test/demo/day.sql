-- What the rest of the city says on an ordinary day, one frame a line in
-- hexadecimal; the last two devices are not registered.  :seq goes before the
-- sequence numbers.
\pset tuples_only on
\pset format unaligned
WITH said (no, device, type, object) AS (VALUES
	(1, device_addr '0000000a1002', NULL::integer, NULL::text),
	(2, '0000000a1003', 2, '"sys_type": 1, "sys_addr": 1, "comp_type": 43, "comp_addr": 65537, "bits": ["normal", "disabled"], "desc": "2层中庭光束感烟"'),
	(3, '0000000a1003', 3, '"sys_type": 12, "sys_addr": 1, "comp_type": 99, "comp_addr": 65539, "analog_type": 5, "value": "415.0"'),
	(4, '0000000a1004', 21, '"bits": ["normal"]'),
	(5, '0000000a1005', 2, '"sys_type": 1, "sys_addr": 1, "comp_type": 42, "comp_addr": 65537, "bits": ["normal"], "desc": "药房烟感"'),
	(6, '0000000a1006', 3, '"sys_type": 1, "sys_addr": 1, "comp_type": 18, "comp_addr": 65537, "analog_type": 3, "value": "38.6"'),
	(7, '0000000a1006', 2, '"sys_type": 13, "sys_addr": 1, "comp_type": 81, "comp_addr": 65538, "bits": ["normal"], "desc": "影像中心气体灭火控制器"'),
	(8, '0000000a1007', 21, '"bits": ["normal", "main_power_fault"]'),
	(9, '0000000a1008', 2, '"sys_type": 1, "sys_addr": 1, "comp_type": 42, "comp_addr": 65537, "bits": ["normal", "fault"], "desc": "512房间烟感"'),
	(10, '0000000a1008', 3, '"sys_type": 1, "sys_addr": 1, "comp_type": 10, "comp_addr": 65538, "analog_type": 6, "value": "3.5"'),
	(11, '0000000a1009', NULL, NULL),
	(12, '0000000a100a', 3, '"sys_type": 11, "sys_addr": 1, "comp_type": 92, "comp_addr": 65537, "analog_type": 2, "value": "2.85"'),
	(13, '0000000a100b', 3, '"sys_type": 11, "sys_addr": 1, "comp_type": 99, "comp_addr": 1, "analog_type": 5, "value": "320.0"'),
	(14, '0000000a100b', 3, '"sys_type": 11, "sys_addr": 1, "comp_type": 99, "comp_addr": 2, "analog_type": 5, "value": "60.0"'),
	(15, '0000000a2001', 21, '"bits": ["normal"]'),
	(16, '0000000a2002', 21, '"bits": ["normal"]'))
SELECT encode(encode_frame(2, type,
		('[{' || object || ', "time": "' || to_char(now(), 'YYYY-MM-DD"T"HH24:MI:SS') || '"}]')::jsonb,
		src => device, dst => '000000000001', seq => :seq + no), 'hex')
FROM said
ORDER BY no;
