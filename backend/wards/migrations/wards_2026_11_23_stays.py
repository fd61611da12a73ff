"""Wards, their positions, and who lies where."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.migrating import script

ID = "2026-11-23T00:00:00:000050"

SQL = """
CREATE TABLE ward (
    ward_id text PRIMARY KEY REFERENCES log_head ON DELETE RESTRICT,
    command_id uuid NOT NULL REFERENCES command ON DELETE RESTRICT,
    at timestamptz NOT NULL
);

CREATE TABLE ward_description (
    command_id uuid PRIMARY KEY REFERENCES command ON DELETE RESTRICT,
    ward_id text NOT NULL REFERENCES ward ON DELETE RESTRICT,
    name text NOT NULL,
    short_name text NOT NULL,
    on_call_phone text NOT NULL,
    author_id uuid NOT NULL,
    at timestamptz NOT NULL
);

-- A bed's printed code; the positions that share the bed share it.
CREATE TABLE bed (
    ward_id text NOT NULL REFERENCES ward ON DELETE RESTRICT,
    bed text NOT NULL,
    code text NOT NULL UNIQUE CHECK (code ~ '^[0-9]{33}$'),
    PRIMARY KEY (ward_id, bed)
);

CREATE TABLE ward_position (
    position_id uuid PRIMARY KEY,
    ward_id text NOT NULL REFERENCES ward ON DELETE RESTRICT,
    room text NOT NULL,
    bed text NOT NULL,
    label text NOT NULL,
    extra boolean NOT NULL,
    command_id uuid NOT NULL REFERENCES command ON DELETE RESTRICT,
    author_id uuid NOT NULL,
    at timestamptz NOT NULL,
    FOREIGN KEY (ward_id, bed) REFERENCES bed ON DELETE RESTRICT
);

CREATE TABLE position_closing (
    position_id uuid PRIMARY KEY REFERENCES ward_position ON DELETE RESTRICT,
    command_id uuid NOT NULL REFERENCES command ON DELETE RESTRICT,
    author_id uuid NOT NULL,
    at timestamptz NOT NULL
);

CREATE TABLE stay (
    stay_id uuid PRIMARY KEY,
    patient_id uuid NOT NULL REFERENCES patient ON DELETE RESTRICT,
    ward_id text NOT NULL REFERENCES ward ON DELETE RESTRICT,
    position_id uuid NOT NULL REFERENCES ward_position ON DELETE RESTRICT,
    admitted_at timestamptz NOT NULL,
    command_id uuid NOT NULL UNIQUE REFERENCES command ON DELETE RESTRICT,
    author_id uuid NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX stay_patient ON stay (patient_id);

CREATE TABLE stay_move (
    command_id uuid PRIMARY KEY REFERENCES command ON DELETE RESTRICT,
    stay_id uuid NOT NULL REFERENCES stay ON DELETE RESTRICT,
    from_ward_id text NOT NULL REFERENCES ward ON DELETE RESTRICT,
    from_position_id uuid REFERENCES ward_position ON DELETE RESTRICT,
    to_ward_id text NOT NULL REFERENCES ward ON DELETE RESTRICT,
    to_position_id uuid NOT NULL REFERENCES ward_position ON DELETE RESTRICT,
    author_id uuid NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX stay_move_stay ON stay_move (stay_id, at);

CREATE TABLE stay_discharge (
    command_id uuid PRIMARY KEY REFERENCES command ON DELETE RESTRICT,
    stay_id uuid NOT NULL REFERENCES stay ON DELETE RESTRICT,
    way text NOT NULL CHECK (way IN ('home', 'transferred_out', 'at_own_request', 'absconded', 'died')),
    discharged_at timestamptz NOT NULL,
    author_id uuid NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX stay_discharge_stay ON stay_discharge (stay_id);

CREATE TABLE care_level_decision (
    command_id uuid PRIMARY KEY REFERENCES command ON DELETE RESTRICT,
    stay_id uuid NOT NULL REFERENCES stay ON DELETE RESTRICT,
    care_level smallint NOT NULL CHECK (care_level IN (1, 2, 3)),
    author_id uuid NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX care_level_decision_stay ON care_level_decision (stay_id);

CREATE TABLE stay_reason (
    command_id uuid PRIMARY KEY REFERENCES command ON DELETE RESTRICT,
    stay_id uuid NOT NULL REFERENCES stay ON DELETE RESTRICT,
    reason text NOT NULL,
    author_id uuid NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX stay_reason_stay ON stay_reason (stay_id);

-- Projections.

CREATE TABLE ward_state (
    ward_id text PRIMARY KEY REFERENCES ward ON DELETE RESTRICT,
    command_id uuid NOT NULL,
    name text NOT NULL,
    short_name text NOT NULL,
    on_call_phone text NOT NULL
);

CREATE TABLE position_state (
    position_id uuid PRIMARY KEY REFERENCES ward_position ON DELETE RESTRICT,
    command_id uuid NOT NULL,
    ward_id text NOT NULL,
    room text NOT NULL,
    bed text NOT NULL,
    label text NOT NULL,
    folded_label text NOT NULL,
    extra boolean NOT NULL,
    code text NOT NULL,
    closed boolean NOT NULL
);
CREATE UNIQUE INDEX position_state_label ON position_state (ward_id, folded_label) WHERE NOT closed;

-- One open stay to a position and one to a patient: taken by INSERT ... ON CONFLICT DO NOTHING.
CREATE TABLE occupied_position_state (
    position_id uuid PRIMARY KEY REFERENCES ward_position ON DELETE RESTRICT,
    stay_id uuid NOT NULL REFERENCES stay ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX occupied_position_state_stay ON occupied_position_state (stay_id);
CREATE TABLE open_stay_state (
    patient_id uuid PRIMARY KEY,
    stay_id uuid NOT NULL UNIQUE REFERENCES stay ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE stay_state (
    stay_id uuid PRIMARY KEY REFERENCES stay ON DELETE RESTRICT,
    command_id uuid NOT NULL,
    patient_id uuid NOT NULL,
    ward_id text NOT NULL,
    position_id uuid,
    reason text NOT NULL,
    care_level smallint NOT NULL CHECK (care_level IN (1, 2, 3)),
    admitted_at timestamptz NOT NULL,
    discharged_at timestamptz,
    discharge_way text
);
CREATE INDEX stay_state_patient ON stay_state (patient_id);
CREATE INDEX stay_state_ward ON stay_state (ward_id) WHERE discharged_at IS NULL;

-- The stub a move leaves behind: where the stay went, for the log it left.
CREATE TABLE moved_stay_state (
    log_id text NOT NULL,
    stay_id uuid NOT NULL REFERENCES stay ON DELETE RESTRICT,
    command_id uuid NOT NULL,
    to_ward_id text NOT NULL,
    moved_at timestamptz NOT NULL,
    PRIMARY KEY (log_id, stay_id)
);

GRANT SELECT, INSERT ON ward, ward_description, bed, ward_position, position_closing, stay, stay_move,
    stay_discharge, care_level_decision, stay_reason TO bedside_app;
GRANT SELECT, INSERT, UPDATE ON ward_state, position_state, stay_state, moved_stay_state TO bedside_app;
GRANT SELECT, INSERT, DELETE ON occupied_position_state, open_stay_state, moved_stay_state TO bedside_app;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="wards", description="Wards, positions, stays.")
    manager.add_raw(script(SQL))
    return manager
