"""Every SQL statement of `vitals`."""

HISTORY = """
SELECT s.spo2_scale, s.spo2_scale_since, s.monitor_attached, s.last_complete, s.next_due_at,
    (SELECT max(a.at) FROM monitor_attachment a WHERE a.stay_id = asked.stay_id) AS monitor_at,
    (SELECT coalesce(json_agg(json_build_object(
        'id', o.id, 'author_id', o.author_id, 'taken_at', o.taken_at, 'received_at', o.received_at,
        'corrects', o.corrects, 'disputed', o.disputed, 'scale', o.scale, 'readings', o.readings::json)), '[]')::text
     FROM observation_set o
     WHERE o.stay_id = asked.stay_id AND (o.taken_at > $2 OR o.id = $3 OR o.corrects = $3)) AS sets,
    b.state AS band_state, b.stay_id AS band_stay_id, k.current_id AS band_patient_id, b.print_number
FROM (SELECT $1::uuid AS stay_id, $4::text AS code) AS asked
LEFT JOIN vitals_state s ON s.stay_id = asked.stay_id
LEFT JOIN wristband_state b ON b.code = asked.code
LEFT JOIN patient_link_state k ON k.patient_id = b.patient_id
"""
# One read for a whole set: what was charted since $2, where the stay stands, and whose the scanned band is.

INSERT_SET = """
WITH charted AS (
    INSERT INTO observation_set (id, stay_id, author_id, author_name, author_role, taken_at, recorded_at, received_at,
        identification, identification_reason, confirmed_by, readings, scale, score, corrects, disputed, reason)
    VALUES ($2, $1, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)
)
INSERT INTO vitals_state (stay_id, command_id, spo2_scale, spo2_scale_since, monitor_attached, score, previous_total,
    last_complete, next_due_at, latest_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (stay_id) DO UPDATE SET command_id = excluded.command_id, spo2_scale = excluded.spo2_scale,
    spo2_scale_since = excluded.spo2_scale_since, monitor_attached = excluded.monitor_attached,
    score = excluded.score, previous_total = excluded.previous_total, last_complete = excluded.last_complete,
    next_due_at = excluded.next_due_at, latest_at = excluded.latest_at
"""
KEEP_STATE = """
INSERT INTO vitals_state (stay_id, command_id, spo2_scale, spo2_scale_since, monitor_attached, score, previous_total,
    last_complete, next_due_at, latest_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (stay_id) DO UPDATE SET command_id = excluded.command_id, spo2_scale = excluded.spo2_scale,
    spo2_scale_since = excluded.spo2_scale_since, monitor_attached = excluded.monitor_attached,
    score = excluded.score, previous_total = excluded.previous_total, last_complete = excluded.last_complete,
    next_due_at = excluded.next_due_at, latest_at = excluded.latest_at
"""
INSERT_SCALE = """
INSERT INTO spo2_scale_decision (command_id, stay_id, scale, reason, author_id, at) VALUES ($1, $2, $3, $4, $5, $6)
"""
INSERT_MONITOR = """
INSERT INTO monitor_attachment (command_id, stay_id, attached, author_id, at) VALUES ($1, $2, $3, $4, $5)
"""

OBSERVATION_SET_ROWS = """
SELECT m.log_id, o.id::text AS key, json_build_object(
    'type', 'observation_set', 'key', o.id, 'stay_id', o.stay_id, 'command_id', o.id,
    'keep_until', least(o.taken_at + interval '72 hours', m.keep_until),
    'author_id', o.author_id, 'author_name', o.author_name, 'author_role', o.author_role,
    'taken_at', o.taken_at, 'recorded_at', o.recorded_at, 'received_at', o.received_at,
    'identification', o.identification, 'identification_reason', o.identification_reason,
    'confirmed_by', o.confirmed_by, 'readings', o.readings::json, 'score', o.score::json,
    'corrects', o.corrects,
    'corrected_by', (
        SELECT c.id FROM observation_set c
        WHERE c.corrects = o.id AND NOT c.disputed
          AND NOT EXISTS (SELECT FROM observation_set t
                          WHERE t.corrects = c.id AND NOT t.disputed AND t.readings = '[]')
        ORDER BY c.received_at DESC, c.id DESC LIMIT 1),
    'disputed', o.disputed, 'reason', o.reason
)::text AS row
FROM log_stay m
JOIN observation_set o ON o.stay_id = m.stay_id
WHERE m.log_id = ANY($1) AND o.taken_at > now() - interval '72 hours'
  AND (m.keep_until IS NULL OR m.keep_until > now()) AND {where}
"""

VITALS_STATE_ROWS = """
SELECT m.log_id, s.stay_id::text AS key, json_build_object(
    'type', 'vitals_state', 'key', s.stay_id, 'stay_id', s.stay_id, 'command_id', s.command_id,
    'keep_until', m.keep_until, 'spo2_scale', s.spo2_scale, 'spo2_scale_since', s.spo2_scale_since,
    'monitor_attached', s.monitor_attached, 'score', s.score::json, 'previous_total', s.previous_total,
    'last_complete', s.last_complete::json, 'next_due_at', s.next_due_at, 'latest_at', s.latest_at
)::text AS row
FROM log_stay m
JOIN vitals_state s ON s.stay_id = m.stay_id
WHERE m.log_id = ANY($1) AND (m.keep_until IS NULL OR m.keep_until > now()) AND {where}
"""
