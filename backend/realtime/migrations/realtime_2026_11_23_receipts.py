"""Receipts."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.migrating import script

ID = "2026-11-23T00:00:00:000070"

SQL = """
CREATE TABLE receipt_state (
    device_id uuid NOT NULL,
    log_id text NOT NULL,
    seq bigint NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (device_id, log_id)
);
GRANT SELECT, INSERT, UPDATE ON receipt_state TO bedside_app;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="realtime", description="Receipts.")
    manager.add_raw(script(SQL))
    return manager
