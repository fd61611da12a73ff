"""Every SQL statement of `patients`."""

LOCK_PATIENT_OF_STAY = """
SELECT s.*, m.patient_id AS own_id
FROM log_stay m
JOIN patient_link_state k ON k.patient_id = m.patient_id
JOIN patient_state s ON s.patient_id = k.current_id
WHERE m.stay_id = $1
LIMIT 1
FOR UPDATE OF s
"""
LOCK_PATIENT = """
SELECT s.patient_id FROM patient_link_state k JOIN patient_state s ON s.patient_id = k.current_id
WHERE k.patient_id = $1
FOR UPDATE OF s
"""
LOGS_OF_PATIENT = """
SELECT DISTINCT m.log_id FROM log_stay m JOIN patient_link_state o ON o.patient_id = m.patient_id
WHERE o.current_id = $1 AND (m.keep_until IS NULL OR m.keep_until > now())
"""
# After the lock, in a statement of its own: READ COMMITTED sees here what the one before us committed.

NEXT_NUMBER = "SELECT nextval('patient_number')"

INSERT_PATIENT = """
WITH made AS (
    INSERT INTO patient (patient_id, patient_code, command_id, at) VALUES ($1, $2, $3, $4)
), linked AS (
    INSERT INTO patient_link_state (patient_id, current_id) VALUES ($1, $1)
), known AS (
    INSERT INTO patient_identity (command_id, patient_id, details, reason, author_id, at)
    VALUES ($3, $1, $5, '', $6, $4)
)
INSERT INTO patient_state (patient_id, command_id, patient_code, family_name, middle_name, given_name, birth_date,
    birth_year, age_months, age_months_at, sex, unknown_person, identifiers, found_by, pregnancy, delivered_on,
    allergy_state, allergy_asked, allergy_asked_at)
VALUES ($1, $3, $2, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, NULL, 'not_asked', '', NULL)
"""

CHANGE_PATIENT = """
WITH known AS (
    INSERT INTO patient_identity (command_id, patient_id, details, reason, author_id, at)
    VALUES ($2, $19, $3, $4, $5, $6)
)
UPDATE patient_state SET command_id = $2, family_name = $7, middle_name = $8, given_name = $9, birth_date = $10,
    birth_year = $11, age_months = $12, age_months_at = $13, sex = $14, unknown_person = $15, identifiers = $16,
    found_by = $17, pregnancy = CASE WHEN $18::text = 'not_asked' THEN pregnancy ELSE $18 END
WHERE patient_id = $1
"""

IDENTIFIER_OWNERS = """
SELECT i.system, s.patient_code
FROM unnest($1::text[], $2::text[]) AS asked (system, folded)
JOIN identifier_state i USING (system, folded)
JOIN patient_state s ON s.patient_id = i.patient_id
WHERE i.patient_id <> $3
LIMIT 1
"""
DROP_IDENTIFIERS = "DELETE FROM identifier_state WHERE patient_id = $1"
TAKE_IDENTIFIERS = """
INSERT INTO identifier_state (system, folded, patient_id)
SELECT DISTINCT system, folded, $3::uuid FROM unnest($1::text[], $2::text[]) AS asked (system, folded)
ON CONFLICT DO NOTHING
RETURNING system
"""

STANDING_ALLERGY = """
SELECT r.severity, r.certainty, a.withdrawn_by IS NOT NULL AS withdrawn
FROM allergy_state a JOIN allergy_report r ON r.command_id = a.command_id
WHERE a.patient_id = $1 AND a.allergy_id = $2
"""
STANDING_ALLERGIES = """
SELECT count(*) FROM allergy_state a JOIN patient_link_state k ON k.patient_id = a.patient_id
WHERE k.current_id = $1 AND a.withdrawn_by IS NULL
"""
INSERT_ALLERGY = """
INSERT INTO allergy_report (command_id, patient_id, stay_id, allergy_id, substance, code, reaction, severity,
    certainty, source, author_id, author_name, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""
STAND_ALLERGY = """
INSERT INTO allergy_state (patient_id, allergy_id, command_id) VALUES ($1, $2, $3)
ON CONFLICT (patient_id, allergy_id) DO UPDATE SET command_id = excluded.command_id, withdrawn_by = NULL
"""
WITHDRAW_ALLERGY = """
WITH said AS (
    INSERT INTO allergy_withdrawal (command_id, patient_id, stay_id, allergy_id, reason, author_id, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
)
UPDATE allergy_state SET withdrawn_by = $1 WHERE patient_id = $2 AND allergy_id = $4
"""
FIND_ALLERGY = """
SELECT a.patient_id FROM allergy_state a JOIN patient_link_state k ON k.patient_id = a.patient_id
WHERE k.current_id = $1 AND a.allergy_id = $2 AND a.withdrawn_by IS NULL
LIMIT 1
"""
INSERT_ALLERGY_ANSWER = """
INSERT INTO allergy_answer (command_id, patient_id, stay_id, state, asked, author_id, at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
LAST_ALLERGY_ANSWER = """
SELECT n.state, n.asked, n.at FROM allergy_answer n JOIN patient_link_state k ON k.patient_id = n.patient_id
WHERE k.current_id = $1
  AND n.at > coalesce((SELECT max(r.at) FROM allergy_report r JOIN patient_link_state o ON o.patient_id = r.patient_id
                       WHERE o.current_id = $1), '-infinity')
ORDER BY n.at DESC, n.command_id DESC
LIMIT 1
"""
SET_ALLERGY_STATE = """
UPDATE patient_state SET command_id = $2, allergy_state = $3, allergy_asked = $4, allergy_asked_at = $5
WHERE patient_id = $1
"""

WEIGHT_BEFORE = """
SELECT w.weight_g FROM weight w JOIN patient_link_state k ON k.patient_id = w.patient_id
WHERE k.current_id = $1 AND w.weighed_at < $2
ORDER BY w.weighed_at DESC, w.command_id DESC
LIMIT 1
"""
INSERT_WEIGHT = """
WITH weighed AS (
    INSERT INTO weight (command_id, patient_id, stay_id, weight_g, source, weighed_at, author_id, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
)
UPDATE patient_state SET command_id = $1 WHERE patient_id = $9
"""

INSERT_PREGNANCY = """
WITH said AS (
    INSERT INTO pregnancy_report (command_id, patient_id, stay_id, pregnancy, delivered_on, author_id, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
)
UPDATE patient_state SET command_id = $1, pregnancy = $4, delivered_on = $5
WHERE patient_id = $8
  AND NOT EXISTS (SELECT FROM pregnancy_report r JOIN patient_link_state k ON k.patient_id = r.patient_id
                  WHERE k.current_id = $8 AND r.at > $7)
"""
INSERT_AGE = """
WITH said AS (
    INSERT INTO age_answer (command_id, patient_id, stay_id, age_months, on_day, author_id, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
)
UPDATE patient_state SET command_id = $1, age_months = $4, age_months_at = $5
WHERE patient_id = $8
  AND NOT EXISTS (SELECT FROM age_answer r JOIN patient_link_state k ON k.patient_id = r.patient_id
                  WHERE k.current_id = $8 AND r.at > $7)
"""

STAY_OWNER = "SELECT patient_id, keep_until IS NOT NULL AS ended FROM log_stay WHERE stay_id = $1 LIMIT 1"
BANDS_OF_STAY = """
SELECT code, state, print_number, limb_pair FROM wristband_state WHERE stay_id = $1 ORDER BY print_number
"""
INSERT_BAND = """
WITH printed AS (
    INSERT INTO wristband (code, command_id, patient_id, stay_id, print_number, reason, author_id, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
)
INSERT INTO wristband_state (code, command_id, patient_id, stay_id, state, print_number, limb_pair, printed_at)
VALUES ($1, $2, $3, $4, $9, $5, $10, $8)
"""
INSERT_BAND_EVENT = """
INSERT INTO wristband_event (command_id, code, stay_id, event, reason, author_id, at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
SET_BAND_STATE = "UPDATE wristband_state SET command_id = $2, state = $3 WHERE code = $1"
SUPERSEDE_OLDER = """
UPDATE wristband_state SET command_id = $3, state = 'superseded'
WHERE stay_id = $1 AND print_number < $2 AND state IN ('printed', 'live')
RETURNING code
"""
BAND = """
SELECT b.code, b.stay_id, k.current_id AS patient_id, b.state, b.print_number, b.limb_pair
FROM wristband_state b JOIN patient_link_state k ON k.patient_id = b.patient_id
WHERE b.code = $1
"""
CURRENT_PATIENT = "SELECT current_id FROM patient_link_state WHERE patient_id = $1"
CURRENT_PATIENT_OF_STAY = """
SELECT k.current_id FROM log_stay m JOIN patient_link_state k ON k.patient_id = m.patient_id
WHERE m.stay_id = $1 LIMIT 1
"""

IDENTITY_OF_STAY = """
SELECT s.*, m.keep_until,
    array(SELECT r.substance FROM allergy_state a JOIN patient_link_state o ON o.patient_id = a.patient_id
          JOIN allergy_report r ON r.command_id = a.command_id
          WHERE o.current_id = s.patient_id AND a.withdrawn_by IS NULL ORDER BY r.at) AS substances
FROM log_stay m
JOIN patient_link_state k ON k.patient_id = m.patient_id
JOIN patient_state s ON s.patient_id = k.current_id
WHERE m.stay_id = $1
LIMIT 1
"""

PATIENT_ROWS = """
SELECT l.log_id, l.patient_id::text AS key, json_build_object(
    'type', 'patient', 'key', l.patient_id, 'stay_id', NULL, 'command_id', p.command_id, 'keep_until', l.keep_until,
    'patient_code', p.patient_code, 'family_name', p.family_name, 'middle_name', p.middle_name,
    'given_name', p.given_name, 'birth_date', p.birth_date, 'birth_year', p.birth_year,
    'age_months', p.age_months, 'age_months_at', p.age_months_at, 'sex', p.sex,
    'unknown_person', p.unknown_person, 'identifiers', p.identifiers::json,
    'pregnancy', p.pregnancy, 'delivered_on', p.delivered_on,
    'allergy_state', p.allergy_state, 'allergy_asked', p.allergy_asked, 'allergy_asked_at', p.allergy_asked_at,
    'allergies', (
        SELECT coalesce(json_agg(json_build_object(
            'allergy_id', r.allergy_id, 'substance', r.substance, 'code', r.code, 'reaction', r.reaction,
            'severity', r.severity, 'certainty', r.certainty, 'source', r.source,
            'recorded_at', r.at, 'recorded_by', r.author_name) ORDER BY r.at, r.allergy_id), '[]')
        FROM patient_link_state o JOIN allergy_state a ON a.patient_id = o.patient_id
        JOIN allergy_report r ON r.command_id = a.command_id
        WHERE o.current_id = l.patient_id AND a.withdrawn_by IS NULL),
    'weights', (
        SELECT coalesce(json_agg(json_build_object(
            'weight_g', w.weight_g, 'source', w.source, 'weighed_at', w.weighed_at)
            ORDER BY w.weighed_at DESC, w.command_id DESC), '[]')
        FROM (SELECT w.* FROM patient_link_state o JOIN weight w ON w.patient_id = o.patient_id
              WHERE o.current_id = l.patient_id ORDER BY w.weighed_at DESC, w.command_id DESC LIMIT 10) AS w)
)::text AS row
FROM (
    SELECT m.log_id, k.current_id AS patient_id,
        CASE WHEN bool_or(m.keep_until IS NULL) THEN NULL ELSE max(m.keep_until) END AS keep_until
    FROM log_stay m JOIN patient_link_state k ON k.patient_id = m.patient_id
    WHERE m.log_id = ANY($1) AND (m.keep_until IS NULL OR m.keep_until > now())
    GROUP BY m.log_id, k.current_id
) AS l
JOIN patient_state p ON p.patient_id = l.patient_id
WHERE {where}
"""

WRISTBAND_ROWS = """
SELECT m.log_id, b.code AS key, json_build_object(
    'type', 'wristband', 'key', b.code, 'stay_id', b.stay_id, 'command_id', b.command_id, 'keep_until', m.keep_until,
    'patient_id', k.current_id, 'state', b.state, 'print_number', b.print_number, 'printed_at', b.printed_at
)::text AS row
FROM log_stay m
JOIN wristband_state b ON b.stay_id = m.stay_id
JOIN patient_link_state k ON k.patient_id = b.patient_id
WHERE m.log_id = ANY($1) AND (m.keep_until IS NULL OR m.keep_until > now()) AND {where}
"""
