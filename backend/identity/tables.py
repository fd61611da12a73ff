"""The identity feature's tables as Piccolo sees them."""

from piccolo.columns import UUID, Array, Boolean, Bytea, Integer, Text, Timestamptz
from piccolo.conf.apps import AppConfig
from piccolo.table import Table


class StaffVersion(Table, tablename="staff_version"):
    """Every state a member of staff was ever in; insert-only."""

    command_id = UUID(primary_key=True, null=False, default=None)
    what = Text(null=False, default=None)
    staff_id = UUID(null=False, default=None)
    family_name = Text(null=False, default=None)
    middle_name = Text(null=False, default=None)
    given_name = Text(null=False, default=None)
    role = Text(null=False, default=None)
    wards = Array(base_column=Text(), null=False, default=None)
    login = Text(null=False, default=None)
    reason = Text(null=False, default=None)
    by_staff_id = UUID(null=False, default=None)
    at = Timestamptz(null=False, default=None)


class Badge(Table, tablename="badge"):
    """Every badge ever issued, by the hash of its code; insert-only."""

    command_id = UUID(primary_key=True, null=False, default=None)
    staff_id = UUID(null=False, default=None)
    code_hash = Text(null=False, default=None)
    reason = Text(null=False, default=None)
    by_staff_id = UUID(null=False, default=None)
    issued_at = Timestamptz(null=False, default=None)


class StaffState(Table, tablename="staff_state"):
    """Where each person stands now (a projection)."""

    staff_id = UUID(primary_key=True, null=False, default=None)
    command_id = UUID(null=False, default=None)
    family_name = Text(null=False, default=None)
    middle_name = Text(null=False, default=None)
    given_name = Text(null=False, default=None)
    role = Text(null=False, default=None)
    wards = Array(base_column=Text(), null=False, default=None)
    login = Text(null=False, default=None)
    badge_hash = Text(null=True, default=None)
    badge_command_id = UUID(null=True, default=None)
    disabled_at = Timestamptz(null=True, default=None)


class Device(Table, tablename="device"):
    """A browser that may send commands; insert-only."""

    device_id = UUID(primary_key=True, null=False, default=None)
    command_id = UUID(null=False, default=None)
    kind = Text(null=False, default=None)
    name = Text(null=False, default=None)
    wards = Array(base_column=Text(), null=False, default=None)
    owner_id = UUID(null=True, default=None)
    enrolled_at = Timestamptz(null=False, default=None)


class DeviceRevocation(Table, tablename="device_revocation"):
    """A device that is trusted no more; insert-only."""

    device_id = UUID(primary_key=True, null=False, default=None)
    command_id = UUID(null=False, default=None)
    reason = Text(null=False, default=None)
    by_staff_id = UUID(null=False, default=None)
    at = Timestamptz(null=False, default=None)


class Session(Table, tablename="session"):
    """A person's key on a device, and how long it speaks for them."""

    session_id = UUID(primary_key=True, null=False, default=None)
    staff_id = UUID(null=False, default=None)
    device_id = UUID(null=False, default=None)
    token_hash = Bytea(null=False, default=None)
    public_key = Bytea(null=False, default=None)
    provisional = Boolean(null=False, default=False)
    opened_at = Timestamptz(null=False, default=None)
    expires_at = Timestamptz(null=False, default=None)
    last_seen_at = Timestamptz(null=False, default=None)
    ended_at = Timestamptz(null=True, default=None)
    end_reason = Text(null=True, default=None)


class PinFailureState(Table, tablename="pin_failure_state"):
    """Wrong PINs of a person on a device."""

    device_id = UUID(primary_key=True, null=False, default=None)
    staff_id = UUID(null=False, default=None)
    failures = Integer(null=False, default=0)
    locked_at = Timestamptz(null=True, default=None)


APP_CONFIG = AppConfig(
    app_name="identity",
    migrations_folder_path="backend/identity/migrations",
    table_classes=[StaffVersion, Badge, StaffState, Device, DeviceRevocation, Session, PinFailureState],
)
