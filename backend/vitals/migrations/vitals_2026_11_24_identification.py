"""Why no band was scanned, and who said who this is."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.migrating import script

ID = "2026-11-24T00:00:00:000060"

SQL = """
ALTER TABLE observation_set
    ADD COLUMN identification_reason text,
    ADD COLUMN confirmed_by text NOT NULL DEFAULT '';
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="vitals", description="How it was known who this is.")
    manager.add_raw(script(SQL))
    return manager
