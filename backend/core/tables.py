"""The core's tables as Piccolo sees them, for migrations and administrators' reads."""

from piccolo.columns import UUID, BigInt, Bytea, Text, Timestamptz
from piccolo.conf.apps import AppConfig
from piccolo.table import Table


class LogHead(Table, tablename="log_head"):
    """Where each log stands: its last line and the end of its audit chain. Locked first, in id order."""

    log_id = Text(primary_key=True, null=False, default=None)
    seq = BigInt(null=False, default=0)
    at = Timestamptz(null=False, default=None)
    audit_seq = BigInt(null=False, default=0)
    audit_hash = Text(null=False, default="")


class CommandRecord(Table, tablename="command"):
    """Every command ever claimed, with the string as signed."""

    id = UUID(primary_key=True, null=False, default=None)
    payload_hash = Bytea(null=False, default=None)
    kind = Text(null=False, default=None)
    device_id = UUID(null=True, default=None)
    counter = BigInt(null=True, default=None)
    session_id = UUID(null=True, default=None)
    author_id = UUID(null=True, default=None)
    recorded_at = Timestamptz(null=False, default=None)
    corrected_at = Timestamptz(null=False, default=None)
    received_at = Timestamptz(null=False, default=None)
    signed = Text(null=False, default=None)


class HeldCommand(Table, tablename="held_command"):
    """What the door could not read, verify or place."""

    id = Text(primary_key=True, null=False, default=None)
    command_id = UUID(null=True, default=None)
    device_id = UUID(null=False, default=None)
    reason = Text(null=False, default=None)
    error = Text(null=False, default="")
    raw = Text(null=False, default=None)
    received_at = Timestamptz(null=False, default=None)


APP_CONFIG = AppConfig(
    app_name="core",
    migrations_folder_path="backend/core/migrations",
    table_classes=[LogHead, CommandRecord, HeldCommand],
)
