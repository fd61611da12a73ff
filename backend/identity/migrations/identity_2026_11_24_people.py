"""Staff, badges, devices, sessions and what guards them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.migrating import script

ID = "2026-11-24T00:00:00:000020"

SQL = """
-- Every state a member of staff was ever in: the record.
CREATE TABLE staff_version (
    command_id uuid PRIMARY KEY REFERENCES command ON DELETE RESTRICT,
    what text NOT NULL CHECK (what IN ('added', 'changed', 'disabled', 'enabled')),
    staff_id uuid NOT NULL,
    family_name text NOT NULL,
    middle_name text NOT NULL,
    given_name text NOT NULL,
    role text NOT NULL,
    wards text[] NOT NULL,
    login text NOT NULL,
    reason text NOT NULL,
    by_staff_id uuid NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX staff_version_staff ON staff_version (staff_id, at);

CREATE TABLE badge (
    command_id uuid PRIMARY KEY REFERENCES command ON DELETE RESTRICT,
    staff_id uuid NOT NULL,
    code_hash text NOT NULL UNIQUE,
    reason text NOT NULL,
    by_staff_id uuid NOT NULL,
    issued_at timestamptz NOT NULL
);

-- Where each person stands now: a projection of the two above.
CREATE TABLE staff_state (
    staff_id uuid PRIMARY KEY,
    command_id uuid NOT NULL REFERENCES command ON DELETE RESTRICT,
    family_name text NOT NULL,
    middle_name text NOT NULL,
    given_name text NOT NULL,
    role text NOT NULL,
    wards text[] NOT NULL,
    login text NOT NULL,
    badge_hash text UNIQUE,
    badge_command_id uuid REFERENCES badge ON DELETE RESTRICT,
    disabled_at timestamptz
);
CREATE UNIQUE INDEX staff_state_login ON staff_state (lower(login));

CREATE TABLE device (
    device_id uuid PRIMARY KEY,
    command_id uuid NOT NULL REFERENCES command ON DELETE RESTRICT,
    kind text NOT NULL CHECK (kind IN ('ward', 'visitor')),
    name text NOT NULL,
    wards text[] NOT NULL,
    owner_id uuid REFERENCES staff_state ON DELETE RESTRICT,
    enrolled_at timestamptz NOT NULL,
    CHECK ((kind = 'visitor') = (owner_id IS NOT NULL))
);
CREATE TABLE device_revocation (
    device_id uuid PRIMARY KEY REFERENCES device ON DELETE RESTRICT,
    command_id uuid NOT NULL REFERENCES command ON DELETE RESTRICT,
    reason text NOT NULL,
    by_staff_id uuid NOT NULL,
    at timestamptz NOT NULL
);

-- Secrets are no part of the record: they are replaced, and only their hashes or sealed forms are kept.
CREATE TABLE device_secret (
    device_id uuid PRIMARY KEY REFERENCES device ON DELETE RESTRICT,
    credential_hash bytea NOT NULL UNIQUE,
    data_key_sealed bytea
);
CREATE TABLE staff_secret (
    staff_id uuid PRIMARY KEY REFERENCES staff_state ON DELETE RESTRICT,
    password_hash text,
    password_at timestamptz,
    one_time_until timestamptz,
    pin_salt bytea,
    pin_iterations integer,
    pin_sealed bytea,
    pin_at timestamptz
);
CREATE TABLE enrolment (
    enrolment_id uuid PRIMARY KEY,
    code_hash bytea NOT NULL UNIQUE,
    device_id uuid NOT NULL UNIQUE,
    name text NOT NULL,
    wards text[] NOT NULL,
    opened_by uuid NOT NULL,
    opened_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);

CREATE TABLE session (
    session_id uuid PRIMARY KEY,
    staff_id uuid NOT NULL REFERENCES staff_state ON DELETE RESTRICT,
    device_id uuid NOT NULL REFERENCES device ON DELETE RESTRICT,
    token_hash bytea NOT NULL UNIQUE,
    public_key bytea NOT NULL,
    provisional boolean NOT NULL DEFAULT false,
    opened_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    ended_at timestamptz,
    end_reason text
);
CREATE INDEX session_staff ON session (staff_id, opened_at DESC);
CREATE INDEX session_device ON session (device_id, opened_at DESC);

-- Wrong passwords by person and ward device. Browsers without one share the zero id, so that a stranger's guesses
-- never lock a nurse out at the bed.
CREATE TABLE password_failure_state (
    subject text NOT NULL,
    device_id uuid NOT NULL,
    failures integer NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (subject, device_id)
);
CREATE INDEX password_failure_last ON password_failure_state (last_at);

CREATE TABLE pin_failure_state (
    device_id uuid NOT NULL REFERENCES device ON DELETE RESTRICT,
    staff_id uuid NOT NULL REFERENCES staff_state ON DELETE RESTRICT,
    failures integer NOT NULL,
    locked_at timestamptz,
    PRIMARY KEY (device_id, staff_id)
);

GRANT SELECT, INSERT ON staff_version, badge, device, device_revocation TO bedside_app;
GRANT SELECT, INSERT, UPDATE ON staff_state, device_secret, staff_secret, enrolment, session TO bedside_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON password_failure_state, pin_failure_state TO bedside_app;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="identity", description="People, devices, sessions.")
    manager.add_raw(script(SQL))
    return manager
