-- Two devices that nobody had registered wait for approval.
\set ON_ERROR_STOP on
\pset footer off
\pset pager off
\echo
\echo Devices that wait for approval (view fireiot.pending_device)
SELECT device, to_char(created_at, 'HH24:MI:SS') AS since FROM fireiot.pending_device ORDER BY device;
SELECT fireiot.admit_device('0000000a2001', (SELECT id FROM fireiot.unit WHERE name = '安澜颐养中心')) \g /dev/null
SELECT fireiot.reject_device('0000000a2002', '不属于本市联网单位') \g /dev/null
\echo 0000000a2001 is approved, 0000000a2002 rejected.
