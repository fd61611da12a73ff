"""Every SQL statement of `wards`."""

WARD = "SELECT * FROM ward_state WHERE ward_id = $1"
WARD_NAMES = "SELECT ward_id, name, short_name FROM ward_state"
ALL_WARDS = "SELECT ward_id FROM ward ORDER BY ward_id"
INSERT_WARD = """
WITH made AS (
    INSERT INTO ward (ward_id, command_id, at) VALUES ($1, $2, $7)
), described AS (
    INSERT INTO ward_description (command_id, ward_id, name, short_name, on_call_phone, author_id, at)
    VALUES ($2, $1, $3, $4, $5, $6, $7)
)
INSERT INTO ward_state (ward_id, command_id, name, short_name, on_call_phone) VALUES ($1, $2, $3, $4, $5)
"""
CHANGE_WARD = """
WITH described AS (
    INSERT INTO ward_description (command_id, ward_id, name, short_name, on_call_phone, author_id, at)
    VALUES ($2, $1, $3, $4, $5, $6, $7)
)
UPDATE ward_state SET command_id = $2, name = $3, short_name = $4, on_call_phone = $5 WHERE ward_id = $1
"""

KEEP_BED_CODE = """
INSERT INTO bed (ward_id, bed, code) VALUES ($1, $2, $3) ON CONFLICT (ward_id, bed) DO NOTHING
"""
BED_CODE = "SELECT code FROM bed WHERE ward_id = $1 AND bed = $2"
POSITION_TAKEN = """
SELECT EXISTS (SELECT FROM ward_position WHERE position_id = $1) AS id,
    EXISTS (SELECT FROM position_state WHERE ward_id = $2 AND folded_label = $3 AND NOT closed) AS label
"""
INSERT_POSITION = """
WITH made AS (
    INSERT INTO ward_position (position_id, ward_id, room, bed, label, extra, command_id, author_id, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
)
INSERT INTO position_state (position_id, command_id, ward_id, room, bed, label, folded_label, extra, code, closed)
VALUES ($1, $7, $2, $3, $4, $5, $10, $6, $11, false)
"""
POSITION = """
SELECT p.position_id, p.ward_id, p.label, o.stay_id
FROM position_state p LEFT JOIN occupied_position_state o ON o.position_id = p.position_id
WHERE p.position_id = $1 AND p.ward_id = $2 AND NOT p.closed
"""
CLOSE_POSITION = """
WITH shut AS (
    INSERT INTO position_closing (position_id, command_id, author_id, at) VALUES ($1, $2, $3, $4)
)
UPDATE position_state SET command_id = $2, closed = true WHERE position_id = $1
"""
OCCUPY = """
INSERT INTO occupied_position_state (position_id, stay_id) VALUES ($1, $2)
ON CONFLICT DO NOTHING
RETURNING position_id
"""
FREE_OTHERS = "DELETE FROM occupied_position_state WHERE stay_id = $1 AND position_id IS DISTINCT FROM $2::uuid"

ADMISSION = """
SELECT EXISTS (SELECT FROM stay WHERE stay_id = $1) AS stay,
    EXISTS (SELECT FROM patient WHERE patient_id = $2) AS patient,
    (SELECT s.ward_id FROM open_stay_state o JOIN stay_state s ON s.stay_id = o.stay_id
     JOIN patient_link_state k ON k.patient_id = o.patient_id
     WHERE k.current_id = (SELECT current_id FROM patient_link_state WHERE patient_id = $2) LIMIT 1) AS admitted_to
"""
OPEN_STAY = """
INSERT INTO open_stay_state (patient_id, stay_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING stay_id
"""
INSERT_STAY = """
WITH began AS (
    INSERT INTO stay (stay_id, patient_id, ward_id, position_id, admitted_at, command_id, author_id, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
), why AS (
    INSERT INTO stay_reason (command_id, stay_id, reason, author_id, at) VALUES ($6, $1, $9, $7, $8)
), level AS (
    INSERT INTO care_level_decision (command_id, stay_id, care_level, author_id, at) VALUES ($6, $1, $10, $7, $8)
)
INSERT INTO stay_state (stay_id, command_id, patient_id, ward_id, position_id, reason, care_level, admitted_at)
VALUES ($1, $6, $2, $3, $4, $9, $10, $5)
"""

STAY = """
SELECT s.*, k.current_id FROM stay_state s JOIN patient_link_state k ON k.patient_id = s.patient_id WHERE s.stay_id = $1
"""
INSERT_MOVE = """
INSERT INTO stay_move (command_id, stay_id, from_ward_id, from_position_id, to_ward_id, to_position_id, author_id, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
PLACE_STAY = "UPDATE stay_state SET command_id = $2, ward_id = $3, position_id = $4 WHERE stay_id = $1"
LEAVE_STUB = """
INSERT INTO moved_stay_state (log_id, stay_id, command_id, to_ward_id, moved_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (log_id, stay_id) DO UPDATE
SET command_id = excluded.command_id, to_ward_id = excluded.to_ward_id, moved_at = excluded.moved_at
"""
DROP_STUB = "DELETE FROM moved_stay_state WHERE log_id = $1 AND stay_id = $2"
DISCHARGE = """
WITH left_now AS (
    INSERT INTO stay_discharge (command_id, stay_id, way, discharged_at, author_id, at) VALUES ($2, $1, $3, $4, $5, $6)
), freed AS (
    DELETE FROM occupied_position_state WHERE stay_id = $1
), closed AS (
    DELETE FROM open_stay_state WHERE stay_id = $1
)
UPDATE stay_state SET command_id = $2, position_id = NULL, discharged_at = $4, discharge_way = $3 WHERE stay_id = $1
"""
SET_CARE_LEVEL = """
WITH decided AS (
    INSERT INTO care_level_decision (command_id, stay_id, care_level, author_id, at) VALUES ($2, $1, $3, $4, $5)
)
UPDATE stay_state SET command_id = $2, care_level = $3 WHERE stay_id = $1
"""
CHANGE_REASON = """
WITH said AS (
    INSERT INTO stay_reason (command_id, stay_id, reason, author_id, at) VALUES ($2, $1, $3, $4, $5)
)
UPDATE stay_state SET command_id = $2, reason = $3 WHERE stay_id = $1
"""

STAY_FOR_CHARTING = """
SELECT s.stay_id, p.patient_id, s.ward_id, s.care_level, s.admitted_at, s.discharged_at,
    p.birth_date, p.birth_year, p.age_months, p.age_months_at, p.pregnancy, p.delivered_on,
    array(SELECT m.at FROM stay_move m
          WHERE m.stay_id = s.stay_id AND m.from_ward_id <> m.to_ward_id ORDER BY m.at) AS moved_at
FROM stay_state s
JOIN patient_link_state k ON k.patient_id = s.patient_id
JOIN patient_state p ON p.patient_id = k.current_id
WHERE s.stay_id = $1
"""

FIND = """
SELECT * FROM (
    SELECT DISTINCT ON (p.patient_id)
        p.patient_id, s.stay_id, s.ward_id, w.short_name AS ward_name, x.label, p.patient_code, p.family_name,
    p.middle_name, p.given_name, p.birth_date, p.birth_year, p.age_months, p.age_months_at, p.sex, p.unknown_person,
    s.reason, s.admitted_at, s.discharged_at
    FROM log_stay m
    JOIN stay_state s ON s.stay_id = m.stay_id
    JOIN ward_state w ON w.ward_id = s.ward_id
    JOIN patient_link_state k ON k.patient_id = s.patient_id
    JOIN patient_state p ON p.patient_id = k.current_id
    LEFT JOIN position_state x ON x.position_id = s.position_id
    WHERE m.log_id = ANY($1::text[])
      AND ($3 OR m.keep_until IS NULL OR m.keep_until > now())
      AND (p.found_by || ' ' || coalesce(x.folded_label, '') || ' ') LIKE ALL ($2::text[])
    ORDER BY p.patient_id, s.discharged_at IS NOT NULL, s.admitted_at DESC
) AS found
ORDER BY discharged_at IS NOT NULL, admitted_at DESC, patient_id
LIMIT $4
"""

FIND_BY_CODE = """
SELECT DISTINCT ON (s.discharged_at IS NOT NULL, x.label, s.stay_id)
    p.patient_id, s.stay_id, s.ward_id, w.short_name AS ward_name, x.label, p.patient_code, p.family_name,
    p.middle_name, p.given_name, p.birth_date, p.birth_year, p.age_months, p.age_months_at, p.sex, p.unknown_person,
    s.reason, s.admitted_at, s.discharged_at
FROM log_stay m
JOIN stay_state s ON s.stay_id = m.stay_id
JOIN ward_state w ON w.ward_id = s.ward_id
JOIN patient_link_state k ON k.patient_id = s.patient_id
JOIN patient_state p ON p.patient_id = k.current_id
LEFT JOIN position_state x ON x.position_id = s.position_id
WHERE m.log_id = ANY($1::text[]) AND (m.keep_until IS NULL OR m.keep_until > now())
  AND (s.stay_id = (SELECT b.stay_id FROM wristband_state b WHERE b.code = $2 AND b.state <> 'void')
       OR x.code = $2)
ORDER BY s.discharged_at IS NOT NULL, x.label, s.stay_id
LIMIT $3
"""
BAND_STATE = """
SELECT b.state FROM wristband_state b
WHERE b.code = $1 AND b.stay_id IN (SELECT m.stay_id FROM log_stay m WHERE m.log_id = ANY($2::text[]))
"""

STAY_AND_PATIENT = """
SELECT s.stay_id, s.ward_id, k.current_id AS patient_id, array_agg(m.log_id ORDER BY m.log_id) AS logs,
    bool_and(m.keep_until <= now()) AS closed
FROM log_stay m
JOIN stay_state s ON s.stay_id = m.stay_id
JOIN patient_link_state k ON k.patient_id = s.patient_id
WHERE m.stay_id = $1
GROUP BY s.stay_id, s.ward_id, k.current_id
"""
CHARTED_BY = """
SELECT c.id, c.kind, c.recorded_at, c.corrected_at, c.received_at, c.signed, o.body
FROM command c JOIN outcome o ON o.command_id = c.id
WHERE c.author_id = $1 AND c.corrected_at >= $2 AND c.kind <> 'open_chart'
ORDER BY c.corrected_at DESC, c.id DESC
LIMIT $3
"""
BEDS_OF_WARD = """
SELECT bed, min(room) AS room, code, string_agg(label, ' · ' ORDER BY label) AS labels, bool_or(extra) AS extra
FROM position_state WHERE ward_id = $1 AND NOT closed
GROUP BY bed, code
ORDER BY min(room), bool_or(extra), bed
"""

WARD_ROWS = """
SELECT l.log_id, w.ward_id AS key, json_build_object(
    'type', 'ward', 'key', w.ward_id, 'stay_id', NULL, 'command_id', w.command_id, 'keep_until', NULL,
    'name', w.name, 'short_name', w.short_name, 'on_call_phone', w.on_call_phone
)::text AS row
FROM unnest($1::text[]) AS l (log_id)
CROSS JOIN ward_state w
WHERE l.log_id = 'facility' AND {where}
"""

POSITION_ROWS = """
SELECT p.ward_id AS log_id, p.position_id::text AS key, json_build_object(
    'type', 'position', 'key', p.position_id, 'stay_id', NULL, 'command_id', p.command_id, 'keep_until', NULL,
    'ward_id', p.ward_id, 'room', p.room, 'bed', p.bed, 'label', p.label, 'extra', p.extra, 'code', p.code
)::text AS row
FROM position_state p
WHERE p.ward_id = ANY($1::text[]) AND NOT p.closed AND {where}
"""

STAY_ROWS = """
SELECT m.log_id, s.stay_id::text AS key, json_build_object(
    'type', 'stay', 'key', s.stay_id, 'stay_id', s.stay_id, 'command_id', s.command_id, 'keep_until', m.keep_until,
    'patient_id', k.current_id, 'ward_id', s.ward_id, 'position_id', s.position_id, 'reason', s.reason,
    'care_level', s.care_level, 'admitted_at', s.admitted_at,
    'moved_at', (SELECT max(v.at) FROM stay_move v WHERE v.stay_id = s.stay_id AND v.from_ward_id <> v.to_ward_id),
    'discharged_at', s.discharged_at, 'discharge_way', s.discharge_way
)::text AS row
FROM log_stay m
JOIN stay_state s ON s.stay_id = m.stay_id
JOIN patient_link_state k ON k.patient_id = s.patient_id
WHERE m.log_id = ANY($1::text[]) AND (m.keep_until IS NULL OR m.keep_until > now()) AND {where}
"""

MOVED_STAY_ROWS = """
SELECT v.log_id, v.stay_id::text AS key, json_build_object(
    'type', 'moved_stay', 'key', v.stay_id, 'stay_id', v.stay_id, 'command_id', v.command_id,
    'keep_until', v.moved_at + interval '72 hours', 'to_ward_id', v.to_ward_id, 'moved_at', v.moved_at
)::text AS row
FROM moved_stay_state v
WHERE v.log_id = ANY($1::text[]) AND v.moved_at + interval '72 hours' > now() AND {where}
"""
