// When each alert of deploy/observability/kov.rules.yml fires, and when it is
// silent: [alert, fires, minutes, series]. Values are promtool's notation, one
// a minute: a+bxn is a and n more, each b higher.
const V1 = 'route="/v1/scores",method="POST"';
const ok = `kov_http_requests_total{${V1},status="201"}`;
const bad = `kov_http_requests_total{${V1},status="503"}`;
const probe = 'kov_http_requests_total{route="/readyz",method="GET",status="503"}';
const took = (le) => `kov_http_request_duration_seconds_bucket{${V1},le="${le}"}`;
const link = (state) => `kov_lane_links{instance="a",lane="read",state="${state}"}`;
const due = 'kov_deliveries_due_age_seconds';
const beat = 'kov_job_heartbeat_timestamp_seconds{name="courier"}';
const age = 'kov_facts_age_seconds';
const behind = 'kov_projection_behind_seconds{projection="search"}';
const stopped = 'kov_projection_stopped{projection="search"}';
const ends = (end) => `kov_lane_answers_total{instance="a",lane="read",end="${end}"}`;
const auth = (result) => `kov_authentications_total{instance="a",result="${result}"}`;
const hook = (state) => `kov_webhook_endpoints{state="${state}"}`;
const ahead = 'kov_table_partitions_ahead{table="event"}';
const dead = 'kov_table_dead_rows{table="event_new"}';
const live = 'kov_table_live_rows{table="event_new"}';
const worker = 'kov_worker_start_time_seconds{instance="a",worker="1"}';
const memory = 'kov_worker_resident_memory_bytes{instance="a",worker="1"}';
const xid = { kov_database_xid_age_most: '200000000x90' };

export const alerts = [
	['KovDown', true, 4, { 'up{job="kov",instance="a"}': '1 0x9' }],
	['KovDown', false, 4, { 'up{job="kov",instance="a"}': '0 1x9' }],

	['KovDatabaseAway', true, 4, { [link('down')]: '8x9',
		[link('idle')]: '0x9', [link('busy')]: '0x9' }],
	['KovDatabaseAway', false, 4, { [link('down')]: '7x9',
		[link('idle')]: '1x9', [link('busy')]: '0x9' }],

	['KovFactsOld', true, 5, { [age]: '5 65+60x9' }],
	['KovFactsOld', false, 5, { [age]: '5x9' }],

	['KovLaneFull', true, 9,
	    { 'kov_lane_full_total{instance="a",lane="intake"}': '0+5x9' }],
	['KovLaneFull', false, 9,
	    { 'kov_lane_full_total{instance="a",lane="intake"}': '5x9' }],

	['KovErrorsFast', true, 70, { [ok]: '0+100x90', [bad]: '0+3x90' }],
	// a short burst is over before the hour notices
	['KovErrorsFast', false, 63,
	    { [ok]: '0+100x90', [bad]: '0x60 0+10x3 30x30' }],
	// what is asked of the private door is nobody's request
	['KovErrorsFast', false, 70, { [ok]: '0+100x90', [bad]: '0x90',
		[probe]: '0+100x90' }],
	['KovErrorsSlow', true, 400, { [ok]: '0+100x420', [bad]: '0+1x420' }],
	['KovErrorsSlow', false, 400, { [ok]: '0+1000x420', [bad]: '0+1x420' }],

	['KovSlow', true, 20, { [took('1.0')]: '0+95x30', [took('2.5')]:
		'0+100x30', [took('+Inf')]: '0+100x30' }],
	['KovSlow', false, 20, { [took('0.5')]: '0+100x30', [took('1.0')]:
		'0+100x30', [took('+Inf')]: '0+100x30' }],

	['KovOutcomeUnknown', true, 5, { [ends('unknown')]: '0 0 64x9' }],
	['KovOutcomeUnknown', false, 5, { [ends('unknown')]: '64x9',
		[ends('away')]: '0+9x9' }],

	['KovFailedLogins', true, 15, { [auth('unknown')]: '0+400x30' }],
	['KovFailedLogins', false, 15, { [auth('unknown')]: '0+200x30',
		[auth('missing')]: '0+900x30', [auth('ok')]: '0+9000x30' }],

	['KovWorkerRestarting', true, 5, { [worker]: '1 2 3 4 4 4' }],
	['KovWorkerRestarting', false, 5, { [worker]: '1 1 2 2 2 2' }],
	['KovWorkerMemory', true, 15, { [memory]: '600000000x20' }],
	['KovWorkerMemory', false, 15, { [memory]: '30000000x20' }],

	['KovJobSilent', true, 9, { [beat]: '0x20', [age]: '5x20' }],
	['KovJobSilent', true, 9, { [age]: '5x20' }], // it never began
	['KovJobSilent', false, 9, { [beat]: '0+60x20', [age]: '5x20' }],
	// while the database is away nobody can know
	['KovJobSilent', false, 9, { [beat]: '0x20', [age]: '65+60x20' }],
	['KovJobRestarting', true, 9,
	    { 'kov_job_starts_total{name="clock"}': '1+1x20' }],
	['KovJobRestarting', false, 9,
	    { 'kov_job_starts_total{name="clock"}': '1 1 2x20' }],

	['KovSequencerBehind', true, 5,
	    { kov_events_unsequenced_age_seconds: '1 31+60x9' }],
	['KovSequencerBehind', false, 5,
	    { kov_events_unsequenced_age_seconds: '1 31 1x9' }],

	['KovProjectionBehind', true, 9, { [behind]: '301+60x20',
		[stopped]: '0x20' }],
	['KovProjectionBehind', false, 9, { [behind]: '20x20', [stopped]: '0x20' }],
	// that has an alert of its own
	['KovProjectionBehind', false, 9, { [behind]: '301+60x20',
		[stopped]: '1x20' }],
	['KovProjectionStopped', true, 9, { [stopped]: '0 1x20' }],
	['KovProjectionStopped', false, 9, { [stopped]: '0x20' }],

	['KovDeliveriesOverdue', true, 12, { [due]: '0 301+60x20' }],
	['KovDeliveriesOverdue', false, 12, { [due]: '0 90x20' }],
	['KovDeliveriesExpired', true, 5,
	    { 'kov_deliveries_total{outcome="expired"}': '0 0 1x9' }],
	['KovDeliveriesExpired', false, 5,
	    { 'kov_deliveries_total{outcome="expired"}': '7x9',
		'kov_deliveries_total{outcome="delivered"}': '0+9x9' }],

	['KovWebhookEndpointDisabled', true, 70,
	    { [hook('disabled_failing')]: '2x64 3x30' }],
	['KovWebhookEndpointDisabled', false, 70,
	    { [hook('disabled_failing')]: '2x100', // long known
		[hook('disabled_owner')]: '0x64 1x30' }],

	['KovTransactionOld', true, 9,
	    { kov_database_transaction_age_seconds: '0+60x20' }],
	['KovTransactionOld', false, 9,
	    { kov_database_transaction_age_seconds: '200x20' }],
	['KovConnectionsShort', true, 9, { kov_database_connections: '95x20',
		kov_database_connections_most: '100x20' }],
	['KovConnectionsShort', false, 9, { kov_database_connections: '89x20',
		kov_database_connections_most: '100x20' }],

	['KovPartitionsShort', true, 130, { [ahead]: '3 1x140' }],
	['KovPartitionsShort', false, 130, { [ahead]: '3 2x140' }],

	['KovXidAge', true, 70, { kov_database_xid_age: '310000000x90', ...xid }],
	['KovXidAge', false, 70, { kov_database_xid_age: '210000000x90', ...xid }],
	['KovXidAgeCritical', true, 2, { kov_database_xid_age: '1600000000x9' }],
	['KovXidAgeCritical', false, 2, { kov_database_xid_age: '900000000x9' }],

	['KovDeadRows', true, 40, { [dead]: '30000x60', [live]: '10x60' }],
	// many dead among more living
	['KovDeadRows', false, 40, { [dead]: '30000x60', [live]: '90000x60' }],
	['KovDeadRows', false, 40, { [dead]: '900x60', [live]: '1x60' }],
];
