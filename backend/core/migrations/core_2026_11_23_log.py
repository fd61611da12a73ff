"""The door's and the log's tables."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.migrating import script

ID = "2026-11-23T00:00:00:000001"

SQL = """
CREATE TABLE installation (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    epoch uuid NOT NULL,
    created_at timestamptz NOT NULL
);
INSERT INTO installation (epoch, created_at) VALUES (gen_random_uuid(), now());

-- One row per log: a ward, the facility, or a device's own chain of reads. Locked first, in id order.
CREATE TABLE log_head (
    log_id text PRIMARY KEY CHECK (log_id ~ '^[a-z0-9_-]{1,60}$'),
    seq bigint NOT NULL DEFAULT 0,
    at timestamptz NOT NULL DEFAULT 'epoch',
    audit_seq bigint NOT NULL DEFAULT 0,
    audit_hash text NOT NULL DEFAULT ''
);
INSERT INTO log_head (log_id) VALUES ('facility');

CREATE TABLE log_line (
    log_id text NOT NULL REFERENCES log_head ON DELETE RESTRICT,
    seq bigint NOT NULL,
    at timestamptz NOT NULL,
    event text NOT NULL,
    command_id uuid NOT NULL,
    line text NOT NULL,
    PRIMARY KEY (log_id, seq)
);

CREATE TABLE audit_line (
    log_id text NOT NULL REFERENCES log_head ON DELETE RESTRICT,
    seq bigint NOT NULL,
    line text NOT NULL,
    hash text NOT NULL,
    PRIMARY KEY (log_id, seq)
);

-- Whose rows a log carries, and until when (null while the stay is here). Two rows for one stay while it is
-- between two wards.
CREATE TABLE log_stay (
    log_id text NOT NULL REFERENCES log_head ON DELETE RESTRICT,
    stay_id uuid NOT NULL,
    patient_id uuid NOT NULL,
    keep_until timestamptz,
    PRIMARY KEY (log_id, stay_id)
);
CREATE INDEX log_stay_stay ON log_stay (stay_id);
CREATE INDEX log_stay_patient ON log_stay (patient_id);

CREATE TABLE command (
    id uuid PRIMARY KEY,
    payload_hash bytea NOT NULL,
    kind text NOT NULL,
    device_id uuid,
    counter bigint,
    session_id uuid,
    author_id uuid,
    recorded_at timestamptz NOT NULL,
    corrected_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    signed text NOT NULL
);
CREATE INDEX command_device_counter ON command (device_id, counter);
CREATE INDEX command_author ON command (author_id, corrected_at DESC);

CREATE TABLE outcome (
    command_id uuid PRIMARY KEY REFERENCES command ON DELETE RESTRICT,
    answer text NOT NULL CHECK (answer IN ('accepted', 'refused')),
    body text NOT NULL
);

CREATE TABLE finding (
    id uuid PRIMARY KEY,
    command_id uuid NOT NULL REFERENCES command ON DELETE RESTRICT,
    log_id text NOT NULL REFERENCES log_head ON DELETE RESTRICT,
    stay_id uuid,
    author_id uuid,
    rule text NOT NULL,
    severity text NOT NULL CHECK (severity IN ('stop', 'warn', 'note')),
    detail text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX finding_log ON finding (log_id, at DESC) WHERE stay_id IS NULL;
CREATE INDEX finding_stay ON finding (stay_id, at DESC) WHERE stay_id IS NOT NULL;
CREATE INDEX finding_command ON finding (command_id);

-- What the door could not read, verify or place: the string as it came.
CREATE TABLE held_command (
    id text PRIMARY KEY,
    command_id uuid,
    device_id uuid NOT NULL,
    reason text NOT NULL,
    error text NOT NULL DEFAULT '',
    raw text NOT NULL,
    received_at timestamptz NOT NULL
);
-- What a person did about it; a replay that went through closes it.
CREATE TABLE held_resolution (
    held_id text PRIMARY KEY REFERENCES held_command ON DELETE RESTRICT,
    resolution text NOT NULL CHECK (resolution IN ('replayed', 'dismissed')),
    note text NOT NULL,
    by_staff_id uuid NOT NULL,
    at timestamptz NOT NULL,
    answer text NOT NULL DEFAULT ''
);

GRANT SELECT ON installation TO bedside_app;
GRANT SELECT, INSERT, UPDATE ON log_head TO bedside_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON log_stay TO bedside_app;
GRANT SELECT, INSERT ON log_line, audit_line, command, outcome, finding, held_command, held_resolution
    TO bedside_app;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core", description="The log and the door.")
    manager.add_raw(script(SQL))
    return manager
