"""Every SQL statement of `identity`."""

STAFF = """
SELECT staff_id, family_name, middle_name, given_name, role, wards, login, badge_hash, disabled_at
FROM staff_state WHERE staff_id = $1
"""
STAFF_WITH_LOGIN = "SELECT staff_id FROM staff_state WHERE lower(login) = lower($1)"
UNKNOWN_WARDS = """
SELECT w FROM unnest($1::text[]) AS w
WHERE w = 'facility' OR w LIKE 'device\\_%' OR NOT EXISTS (SELECT FROM log_head h WHERE h.log_id = w)
"""
OTHER_ADMINISTRATORS = """
SELECT count(*) FROM staff_state WHERE role = 'administrator' AND disabled_at IS NULL AND staff_id <> $1
"""
INSERT_STAFF_VERSION = """
INSERT INTO staff_version (command_id, what, staff_id, family_name, middle_name, given_name, role, wards, login,
                           reason, by_staff_id, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
PUT_STAFF_STATE = """
INSERT INTO staff_state (command_id, staff_id, family_name, middle_name, given_name, role, wards, login)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (staff_id) DO UPDATE SET
    command_id = excluded.command_id, family_name = excluded.family_name, middle_name = excluded.middle_name,
    given_name = excluded.given_name, role = excluded.role, wards = excluded.wards
"""
SET_DISABLED = "UPDATE staff_state SET disabled_at = $2, command_id = $3 WHERE staff_id = $1"
END_SESSIONS_OF_STAFF = """
UPDATE session SET ended_at = $2, end_reason = $3 WHERE staff_id = $1 AND ended_at IS NULL AND expires_at > $2
"""
INSERT_BADGE = """
INSERT INTO badge (command_id, staff_id, code_hash, reason, by_staff_id, issued_at) VALUES ($1, $2, $3, $4, $5, $6)
"""
SET_BADGE = "UPDATE staff_state SET badge_hash = $2, badge_command_id = $3, command_id = $3 WHERE staff_id = $1"
BADGE_TO_PRINT = """
SELECT s.family_name, s.middle_name, s.given_name, s.role, b.issued_at, o.body
FROM staff_state s
JOIN badge b ON b.command_id = s.badge_command_id
JOIN outcome o ON o.command_id = b.command_id
WHERE s.staff_id = $1 AND s.disabled_at IS NULL
"""

DEVICE = """
SELECT d.device_id, d.kind, d.name, d.wards, r.at AS revoked_at
FROM device d LEFT JOIN device_revocation r ON r.device_id = d.device_id
WHERE d.device_id = $1
"""
INSERT_DEVICE = """
INSERT INTO device (device_id, command_id, kind, name, wards, owner_id, enrolled_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
REVOKE_DEVICE = """
INSERT INTO device_revocation (device_id, command_id, reason, by_staff_id, at) VALUES ($1, $2, $3, $4, $5)
"""
END_SESSIONS_OF_DEVICE = """
UPDATE session SET ended_at = $2, end_reason = $3 WHERE device_id = $1 AND ended_at IS NULL AND expires_at > $2
"""
INSERT_DEVICE_SECRET = """
INSERT INTO device_secret (device_id, credential_hash, data_key_sealed) VALUES ($1, $2, $3)
"""
DATA_KEY = "SELECT data_key_sealed FROM device_secret WHERE device_id = $1"
LAST_COUNTER = "SELECT coalesce(max(counter), 0) FROM command WHERE device_id = $1"
# A visitor's wards are those of the person whose open session it carries; an administrator's are all.
DEVICE_OF_CREDENTIAL = """
SELECT d.device_id, d.kind, d.name, d.owner_id, d.enrolled_at, s.session_id,
       CASE WHEN d.kind = 'ward' THEN d.wards
            WHEN p.role = 'administrator' THEN ARRAY(
                SELECT h.log_id FROM log_head h WHERE h.log_id <> 'facility' AND h.log_id NOT LIKE 'device\\_%')
            ELSE coalesce(p.wards, '{}') END AS wards
FROM device_secret c
JOIN device d ON d.device_id = c.device_id
LEFT JOIN device_revocation r ON r.device_id = d.device_id
LEFT JOIN LATERAL (
    SELECT s.session_id, s.staff_id FROM session s
    WHERE d.kind = 'visitor' AND s.device_id = d.device_id AND s.ended_at IS NULL
    ORDER BY s.opened_at DESC LIMIT 1
) s ON true
LEFT JOIN staff_state p ON p.staff_id = s.staff_id AND p.disabled_at IS NULL
WHERE c.credential_hash = $1 AND r.device_id IS NULL
  AND (d.kind = 'ward' OR d.enrolled_at > $2)
"""
CREDENTIALS_OF_DEVICES = """
SELECT c.device_id, c.credential_hash FROM device_secret c WHERE c.device_id = ANY($1::uuid[])
"""

OPEN_ENROLMENT = """
INSERT INTO enrolment (enrolment_id, code_hash, device_id, name, wards, opened_by, opened_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
ENROLMENT_OF_CODE = """
SELECT enrolment_id, device_id, name, wards, opened_by, opened_at FROM enrolment
WHERE code_hash = $1 AND used_at IS NULL AND expires_at > $2
"""
USE_ENROLMENT = """
UPDATE enrolment SET used_at = $2 WHERE enrolment_id = $1 AND used_at IS NULL AND expires_at > $2
RETURNING enrolment_id
"""

SESSION = """
SELECT s.session_id, s.staff_id, s.device_id, s.public_key, s.provisional, s.opened_at, s.expires_at, s.last_seen_at,
       s.ended_at, d.kind, p.family_name, p.middle_name, p.given_name, p.role, p.disabled_at,
       x.one_time_until IS NOT NULL AS must_change,
       CASE WHEN p.role = 'administrator' THEN ARRAY(
           SELECT h.log_id FROM log_head h WHERE h.log_id <> 'facility' AND h.log_id NOT LIKE 'device\\_%')
       ELSE p.wards END AS wards
FROM session s
JOIN device d ON d.device_id = s.device_id
JOIN staff_state p ON p.staff_id = s.staff_id
LEFT JOIN staff_secret x ON x.staff_id = s.staff_id
WHERE s.session_id = $1
"""
SESSION_OF_TOKEN = "SELECT session_id FROM session WHERE token_hash = $1 AND device_id = $2"
SEEN = "UPDATE session SET last_seen_at = greatest(last_seen_at, $2) WHERE session_id = $1"
INSERT_SESSION = """
INSERT INTO session (session_id, staff_id, device_id, token_hash, public_key, opened_at, expires_at, last_seen_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $6)
"""
END_SESSION = """
UPDATE session SET ended_at = $3, end_reason = $4
WHERE session_id = $1 AND staff_id = $2 AND ended_at IS NULL RETURNING device_id
"""
END_VISITOR_SESSIONS = """
UPDATE session s SET ended_at = $2, end_reason = $3
FROM device d
WHERE s.staff_id = $1 AND d.device_id = s.device_id AND d.kind = 'visitor' AND s.ended_at IS NULL
  AND s.session_id <> $4
RETURNING s.device_id
"""
OPEN_SESSIONS = """
SELECT s.session_id, s.device_id, d.name AS device_name, d.kind AS device_kind, s.opened_at, s.expires_at,
       s.last_seen_at
FROM session s JOIN device d ON d.device_id = s.device_id
WHERE s.staff_id = $1 AND s.ended_at IS NULL AND s.expires_at > $2
ORDER BY s.opened_at DESC
"""

# A stay that ended more than 72 hours ago is nobody's to open by way of its ward.
LOGS_OF_STAY = "SELECT log_id FROM log_stay WHERE stay_id = $1 AND (keep_until IS NULL OR keep_until > now())"

PERSON_OF_BADGE = "SELECT staff_id FROM staff_state WHERE badge_hash = $1"
PERSON_TO_SIGN_IN = """
SELECT p.staff_id, p.family_name, p.middle_name, p.given_name, p.role, p.disabled_at, p.login,
       CASE WHEN p.role = 'administrator' THEN ARRAY(
           SELECT h.log_id FROM log_head h WHERE h.log_id <> 'facility' AND h.log_id NOT LIKE 'device\\_%')
       ELSE p.wards END AS wards,
       x.password_hash, x.one_time_until, x.pin_salt, x.pin_iterations, x.pin_sealed
FROM staff_state p LEFT JOIN staff_secret x ON x.staff_id = p.staff_id
WHERE p.staff_id = $1
"""
PUT_PASSWORD = """
INSERT INTO staff_secret (staff_id, password_hash, password_at, one_time_until) VALUES ($1, $2, $3, $4)
ON CONFLICT (staff_id) DO UPDATE SET
    password_hash = excluded.password_hash, password_at = excluded.password_at,
    one_time_until = excluded.one_time_until
"""
REPLACE_HASH = "UPDATE staff_secret SET password_hash = $3 WHERE staff_id = $1 AND password_hash = $2"
PUT_PIN = """
INSERT INTO staff_secret (staff_id, pin_salt, pin_iterations, pin_sealed, pin_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (staff_id) DO UPDATE SET
    pin_salt = excluded.pin_salt, pin_iterations = excluded.pin_iterations, pin_sealed = excluded.pin_sealed,
    pin_at = excluded.pin_at
"""
DROP_PIN = """
UPDATE staff_secret SET pin_salt = NULL, pin_iterations = NULL, pin_sealed = NULL, pin_at = $2 WHERE staff_id = $1
"""
ROSTERED = """
SELECT p.staff_id, x.pin_salt, x.pin_iterations, x.pin_sealed
FROM staff_state p
JOIN staff_secret x ON x.staff_id = p.staff_id AND x.pin_sealed IS NOT NULL
JOIN device d ON d.device_id = $1
WHERE p.disabled_at IS NULL AND (p.role = 'administrator' OR p.wards && d.wards)
  AND NOT EXISTS (
      SELECT FROM pin_failure_state f
      WHERE f.device_id = d.device_id AND f.staff_id = p.staff_id AND f.locked_at IS NOT NULL)
ORDER BY p.staff_id
"""

# The attempt is counted before it is checked: many at once are many. $4 holds the seconds to wait after 1, 2, …
# failures.
COUNT_PASSWORD_ATTEMPT = """
INSERT INTO password_failure_state AS f (subject, device_id, failures, last_at) VALUES ($1, $2, 1, $3)
ON CONFLICT (subject, device_id) DO UPDATE SET failures = f.failures + 1, last_at = $3
WHERE f.last_at + make_interval(secs => ($4::int[])[least(f.failures, cardinality($4::int[]))]) <= $3
RETURNING failures
"""
PASSWORD_FAILURES = "SELECT failures, last_at FROM password_failure_state WHERE subject = $1 AND device_id = $2"
FORGET_PASSWORD_FAILURES = """
DELETE FROM password_failure_state WHERE subject = $1 AND device_id = $2 OR last_at < $3
"""
FORGET_ALL_PASSWORD_FAILURES = "DELETE FROM password_failure_state WHERE subject = $1"
NOTE_PIN_FAILURES = """
INSERT INTO pin_failure_state AS f (device_id, staff_id, failures, locked_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (device_id, staff_id) DO UPDATE SET
    failures = CASE WHEN f.locked_at IS NULL THEN excluded.failures ELSE greatest(f.failures, excluded.failures) END,
    locked_at = coalesce(f.locked_at, excluded.locked_at)
"""
FORGET_PIN_FAILURES = "DELETE FROM pin_failure_state WHERE device_id = $1 AND staff_id = $2"
FORGET_ALL_PIN_FAILURES = "DELETE FROM pin_failure_state WHERE staff_id = $1"

STAFF_ROWS = """
SELECT l.log_id, p.staff_id::text AS key, json_build_object(
    'type', 'staff', 'key', p.staff_id, 'stay_id', NULL, 'command_id', p.command_id, 'keep_until', NULL,
    'family_name', p.family_name, 'middle_name', p.middle_name, 'given_name', p.given_name, 'role', p.role,
    'wards', p.wards, 'login', p.login, 'badge_hash', p.badge_hash, 'disabled_at', p.disabled_at
)::text AS row
FROM unnest($1::text[]) AS l (log_id) CROSS JOIN staff_state p
WHERE l.log_id = 'facility' AND {where}
"""
DEVICE_ROWS = """
SELECT l.log_id, d.device_id::text AS key, json_build_object(
    'type', 'device', 'key', d.device_id, 'stay_id', NULL, 'command_id', coalesce(r.command_id, d.command_id),
    'keep_until', CASE WHEN d.kind = 'visitor' THEN d.enrolled_at + interval '30 days' END,
    'kind', d.kind, 'name', d.name, 'wards', d.wards, 'enrolled_at', d.enrolled_at,
    'revoked_at', r.at, 'revoke_reason', r.reason
)::text AS row
FROM unnest($1::text[]) AS l (log_id)
CROSS JOIN device d LEFT JOIN device_revocation r ON r.device_id = d.device_id
WHERE l.log_id = 'facility' AND (d.kind = 'ward' OR d.enrolled_at + interval '30 days' > now()) AND {where}
"""
