"""Every SQL statement of the core."""

CLAIM_AND_LOCK = """
WITH claimed AS (
    INSERT INTO command (id, payload_hash, kind, device_id, counter, session_id, author_id,
                         recorded_at, corrected_at, received_at, signed)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    ON CONFLICT (id) DO NOTHING
    RETURNING id
)
SELECT h.log_id, h.seq, h.at, h.audit_seq, h.audit_hash,
       h.log_id = ANY($12::text[]) OR h.log_id IN (
           SELECT m.log_id FROM log_stay m WHERE m.stay_id = ANY($13::uuid[])) AS named
FROM log_head h
WHERE EXISTS (SELECT FROM claimed)
  AND (h.log_id = ANY($12::text[])
       OR h.log_id IN (SELECT m.log_id FROM log_stay m WHERE m.stay_id = ANY($13::uuid[]))
       OR h.log_id IN (SELECT o.log_id FROM log_stay m JOIN log_stay o ON o.patient_id = m.patient_id
                       WHERE m.stay_id = ANY($14::uuid[]) AND (o.keep_until IS NULL OR o.keep_until > now())))
ORDER BY h.log_id
FOR UPDATE OF h
"""
# The claim comes first (it is an InitPlan): a second sender of the same id waits for the first to commit before it
# asks for a lock. No row back means the id was taken, or that the command names no known place.

STORED_OUTCOME = """
SELECT c.payload_hash, o.body FROM command c JOIN outcome o ON o.command_id = c.id WHERE c.id = $1
"""

LOCK_HEADS = """
SELECT h.log_id, h.seq, h.at, h.audit_seq, h.audit_hash
FROM log_head h
WHERE h.log_id = ANY($1::text[])
   OR h.log_id IN (SELECT m.log_id FROM log_stay m WHERE m.stay_id = ANY($2::uuid[]))
ORDER BY h.log_id
FOR UPDATE
"""

LOGS_OF_STAYS = "SELECT DISTINCT log_id FROM log_stay WHERE stay_id = ANY($1::uuid[])"

FINISH = """
WITH lines AS (
    INSERT INTO log_line (log_id, seq, at, event, command_id, line)
    SELECT log_id, seq, $2, $3, $1, line FROM unnest($4::text[], $5::bigint[], $6::text[]) AS n (log_id, seq, line)
), audits AS (
    INSERT INTO audit_line (log_id, seq, line, hash)
    SELECT * FROM unnest($7::text[], $8::bigint[], $9::text[], $10::text[])
), heads AS (
    UPDATE log_head h
    SET seq = n.seq, at = $2, audit_seq = n.audit_seq, audit_hash = n.audit_hash
    FROM unnest($7::text[], $11::bigint[], $8::bigint[], $10::text[]) AS n (log_id, seq, audit_seq, audit_hash)
    WHERE h.log_id = n.log_id
)
INSERT INTO outcome (command_id, answer, body) SELECT $1, $12, $13 WHERE $12::text IS NOT NULL
"""

INSERT_FINDINGS = """
INSERT INTO finding (id, command_id, log_id, stay_id, author_id, rule, severity, detail, at)
SELECT gen_random_uuid(), $1, l.log_id, $2, $3, f.rule, f.severity, f.detail, $4
FROM unnest($5::text[], $6::text[], $7::text[]) AS f (rule, severity, detail)
CROSS JOIN unnest($8::text[]) AS l (log_id)
RETURNING id::text
"""
# One row a log where no stay is concerned; else one, which goes where its stay goes.

HOLD = """
INSERT INTO held_command (id, command_id, device_id, reason, error, raw, received_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (id) DO NOTHING
RETURNING id
"""

HELD_REASON = "SELECT reason FROM held_command WHERE id = $1"

HELD_ITEMS = """
SELECT h.id AS held_id, h.command_id, h.device_id, h.reason, h.error, h.raw, h.received_at
FROM held_command h
WHERE NOT EXISTS (SELECT FROM held_resolution r WHERE r.held_id = h.id)
ORDER BY h.received_at, h.id
LIMIT $1
"""

HELD_ITEM = """
SELECT h.id AS held_id, h.command_id, h.device_id, h.reason, h.error, h.raw, h.received_at
FROM held_command h
WHERE h.id = $1 AND NOT EXISTS (SELECT FROM held_resolution r WHERE r.held_id = h.id)
"""

RESOLVE_HELD = """
INSERT INTO held_resolution (held_id, resolution, note, by_staff_id, at, answer)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (held_id) DO NOTHING
RETURNING held_id
"""

ENTER_LOG = """
INSERT INTO log_stay (log_id, stay_id, patient_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
"""
KEEP_STAY = "UPDATE log_stay SET keep_until = $2 WHERE stay_id = $1"
LEAVE_LOG = "DELETE FROM log_stay WHERE log_id = $1 AND stay_id = $2"
LOGS_OF_STAY = "SELECT log_id FROM log_stay WHERE stay_id = $1 ORDER BY log_id"
OPEN_LOG = "INSERT INTO log_head (log_id) VALUES ($1) ON CONFLICT DO NOTHING"

EPOCH = "SELECT epoch::text FROM installation"
HEADS = "SELECT log_id, seq FROM log_head WHERE log_id = ANY($1::text[])"
ALL_HEADS = """
SELECT (SELECT epoch::text FROM installation) AS epoch, log_id, seq
FROM log_head WHERE log_id NOT LIKE 'device\\_%'
"""
HEAD = "SELECT seq, at FROM log_head WHERE log_id = $1"
CHANGES = """
SELECT seq, line
FROM (
    SELECT seq, line, sum(octet_length(line)) OVER (ORDER BY seq) - octet_length(line) AS before
    FROM (SELECT seq, line FROM log_line WHERE log_id = $1 AND seq > $2 ORDER BY seq LIMIT $3) AS next
) AS measured
WHERE before < 4000000
ORDER BY seq
"""
# The limit of size is kept by stopping after the line that passes it: one line always comes.

FINDING_ROWS = """
SELECT l.log_id, f.id::text AS key, json_build_object(
    'type', 'finding', 'key', f.id, 'stay_id', f.stay_id, 'command_id', f.command_id,
    'keep_until', least(l.keep_until, f.at + interval '72 hours'),
    'rule', f.rule, 'severity', f.severity, 'detail', f.detail::json, 'author_id', f.author_id, 'at', f.at
)::text AS row
FROM log_stay l
JOIN finding f ON f.stay_id = l.stay_id
WHERE l.log_id = ANY($1::text[]) AND least(l.keep_until, f.at + interval '72 hours') > now() AND {where}
UNION ALL
SELECT f.log_id, f.id::text, json_build_object(
    'type', 'finding', 'key', f.id, 'stay_id', NULL, 'command_id', f.command_id,
    'keep_until', f.at + interval '72 hours',
    'rule', f.rule, 'severity', f.severity, 'detail', f.detail::json, 'author_id', f.author_id, 'at', f.at
)::text
FROM finding f
WHERE f.stay_id IS NULL AND f.log_id = ANY($1::text[]) AND f.at + interval '72 hours' > now() AND {where}
"""

HELD_ROWS = """
SELECT l.log_id, h.id AS key, json_build_object(
    'type', 'held_command', 'key', h.id, 'stay_id', NULL, 'command_id', h.command_id, 'keep_until', NULL,
    'device_id', h.device_id, 'reason', h.reason, 'received_at', h.received_at
)::text AS row
FROM unnest($1::text[]) AS l (log_id)
CROSS JOIN held_command h
WHERE l.log_id = 'facility' AND NOT EXISTS (SELECT FROM held_resolution r WHERE r.held_id = h.id) AND {where}
"""

DOOR_AUDIT_HEAD = "SELECT log_id, seq, audit_seq, audit_hash, at FROM log_head WHERE log_id = $1 FOR UPDATE"
APPEND_AUDIT = """
WITH line AS (INSERT INTO audit_line (log_id, seq, line, hash) VALUES ($1, $2, $3, $4))
UPDATE log_head SET audit_seq = $2, audit_hash = $4 WHERE log_id = $1
"""
