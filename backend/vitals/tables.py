"""The vitals feature's tables as Piccolo sees them."""

from piccolo.columns import UUID, Boolean, SmallInt, Text, Timestamptz
from piccolo.conf.apps import AppConfig
from piccolo.table import Table


class ObservationSet(Table, tablename="observation_set"):
    """What one person charted at one moment; insert-only, a correction names what it corrects."""

    id = UUID(primary_key=True, null=False, default=None)
    stay_id = UUID(null=False, default=None)
    author_id = UUID(null=False, default=None)
    author_name = Text(null=False, default=None)
    author_role = Text(null=False, default=None)
    taken_at = Timestamptz(null=False, default=None)
    recorded_at = Timestamptz(null=False, default=None)
    received_at = Timestamptz(null=False, default=None)
    identification = Text(null=False, default=None)
    identification_reason = Text(null=True, default=None)
    confirmed_by = Text(null=False, default="")
    readings = Text(null=False, default=None)
    scale = SmallInt(null=False, default=None)
    score = Text(null=True, default=None)
    corrects = UUID(null=True, default=None)
    disputed = Boolean(null=False, default=None)
    reason = Text(null=False, default=None)


class Spo2ScaleDecision(Table, tablename="spo2_scale_decision"):
    """A physician's choice of SpO2 scale, with the reason."""

    command_id = UUID(primary_key=True, null=False, default=None)
    stay_id = UUID(null=False, default=None)
    scale = SmallInt(null=False, default=None)
    reason = Text(null=False, default=None)
    author_id = UUID(null=False, default=None)
    at = Timestamptz(null=False, default=None)


class MonitorAttachment(Table, tablename="monitor_attachment"):
    """A monitor put on or taken off."""

    command_id = UUID(primary_key=True, null=False, default=None)
    stay_id = UUID(null=False, default=None)
    attached = Boolean(null=False, default=None)
    author_id = UUID(null=False, default=None)
    at = Timestamptz(null=False, default=None)


class VitalsState(Table, tablename="vitals_state"):
    """Where a stay stands: last score, next due, scale. A projection."""

    stay_id = UUID(primary_key=True, null=False, default=None)
    command_id = UUID(null=False, default=None)
    spo2_scale = SmallInt(null=False, default=None)
    spo2_scale_since = Timestamptz(null=True, default=None)
    monitor_attached = Boolean(null=False, default=None)
    score = Text(null=True, default=None)
    previous_total = SmallInt(null=True, default=None)
    last_complete = Text(null=True, default=None)
    next_due_at = Timestamptz(null=True, default=None)
    latest_at = Timestamptz(null=True, default=None)


APP_CONFIG = AppConfig(
    app_name="vitals",
    migrations_folder_path="backend/vitals/migrations",
    table_classes=[ObservationSet, Spo2ScaleDecision, MonitorAttachment, VitalsState],
)
