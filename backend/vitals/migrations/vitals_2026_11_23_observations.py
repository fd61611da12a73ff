"""Observation sets and where each stay stands."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.migrating import script

ID = "2026-11-23T00:00:00:000060"

SQL = """
CREATE TABLE observation_set (
    id uuid PRIMARY KEY REFERENCES command ON DELETE RESTRICT,
    stay_id uuid NOT NULL REFERENCES stay ON DELETE RESTRICT,
    author_id uuid NOT NULL,
    author_name text NOT NULL,
    author_role text NOT NULL,
    taken_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    identification text NOT NULL,
    readings text NOT NULL,
    scale smallint NOT NULL CHECK (scale IN (1, 2)),
    score text,
    corrects uuid REFERENCES observation_set ON DELETE RESTRICT,
    disputed boolean NOT NULL,
    reason text NOT NULL,
    CHECK (corrects IS NOT NULL OR NOT disputed)
);
CREATE INDEX observation_set_stay ON observation_set (stay_id, taken_at DESC);
CREATE INDEX observation_set_corrects ON observation_set (corrects) WHERE corrects IS NOT NULL;

CREATE TABLE spo2_scale_decision (
    command_id uuid PRIMARY KEY REFERENCES command ON DELETE RESTRICT,
    stay_id uuid NOT NULL REFERENCES stay ON DELETE RESTRICT,
    scale smallint NOT NULL CHECK (scale IN (1, 2)),
    reason text NOT NULL,
    author_id uuid NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX spo2_scale_decision_stay ON spo2_scale_decision (stay_id, at DESC);
CREATE TABLE monitor_attachment (
    command_id uuid PRIMARY KEY REFERENCES command ON DELETE RESTRICT,
    stay_id uuid NOT NULL REFERENCES stay ON DELETE RESTRICT,
    attached boolean NOT NULL,
    author_id uuid NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX monitor_attachment_stay ON monitor_attachment (stay_id, at DESC);

CREATE TABLE vitals_state (
    stay_id uuid PRIMARY KEY REFERENCES stay ON DELETE RESTRICT,
    command_id uuid NOT NULL,
    spo2_scale smallint NOT NULL CHECK (spo2_scale IN (1, 2)),
    spo2_scale_since timestamptz,
    monitor_attached boolean NOT NULL,
    score text,
    previous_total smallint,
    last_complete text,
    next_due_at timestamptz,
    latest_at timestamptz
);

GRANT SELECT, INSERT ON observation_set, spo2_scale_decision, monitor_attachment TO bedside_app;
GRANT SELECT, INSERT, UPDATE ON vitals_state TO bedside_app;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="vitals", description="Observations.")
    manager.add_raw(script(SQL))
    return manager
