-- Commands for the device of the drill; they wait until it connects.
\set ON_ERROR_STOP on
SELECT fireiot.send_command('0000000a1001', 85), -- read its software version
	fireiot.duty_inspection('0000000a1001', 10) \g /dev/null
