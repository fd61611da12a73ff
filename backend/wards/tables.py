"""The wards feature's tables as Piccolo sees them."""

from piccolo.columns import UUID, Boolean, SmallInt, Text, Timestamptz
from piccolo.conf.apps import AppConfig
from piccolo.table import Table


class Ward(Table, tablename="ward"):
    """A ward, and so a log."""

    ward_id = Text(primary_key=True, null=False, default=None)
    command_id = UUID(null=False, default=None)
    at = Timestamptz(null=False, default=None)


class WardDescription(Table, tablename="ward_description"):
    """Every name a ward had."""

    command_id = UUID(primary_key=True, null=False, default=None)
    ward_id = Text(null=False, default=None)
    name = Text(null=False, default=None)
    short_name = Text(null=False, default=None)
    on_call_phone = Text(null=False, default=None)
    author_id = UUID(null=False, default=None)
    at = Timestamptz(null=False, default=None)


class Bed(Table, tablename="bed"):
    """A bed's printed code."""

    ward_id = Text(primary_key=True, null=False, default=None)
    bed = Text(null=False, default=None)
    code = Text(null=False, default=None)


class WardPosition(Table, tablename="ward_position"):
    """A place for one patient."""

    position_id = UUID(primary_key=True, null=False, default=None)
    ward_id = Text(null=False, default=None)
    room = Text(null=False, default=None)
    bed = Text(null=False, default=None)
    label = Text(null=False, default=None)
    extra = Boolean(null=False, default=None)
    command_id = UUID(null=False, default=None)
    author_id = UUID(null=False, default=None)
    at = Timestamptz(null=False, default=None)


class PositionClosing(Table, tablename="position_closing"):
    """A place taken away."""

    position_id = UUID(primary_key=True, null=False, default=None)
    command_id = UUID(null=False, default=None)
    author_id = UUID(null=False, default=None)
    at = Timestamptz(null=False, default=None)


class Stay(Table, tablename="stay"):
    """A stay as it began."""

    stay_id = UUID(primary_key=True, null=False, default=None)
    patient_id = UUID(null=False, default=None)
    ward_id = Text(null=False, default=None)
    position_id = UUID(null=False, default=None)
    admitted_at = Timestamptz(null=False, default=None)
    command_id = UUID(null=False, default=None)
    author_id = UUID(null=False, default=None)
    at = Timestamptz(null=False, default=None)


class StayMove(Table, tablename="stay_move"):
    """A move to another position or ward."""

    command_id = UUID(primary_key=True, null=False, default=None)
    stay_id = UUID(null=False, default=None)
    from_ward_id = Text(null=False, default=None)
    from_position_id = UUID(null=True, default=None)
    to_ward_id = Text(null=False, default=None)
    to_position_id = UUID(null=False, default=None)
    author_id = UUID(null=False, default=None)
    at = Timestamptz(null=False, default=None)


class StayDischarge(Table, tablename="stay_discharge"):
    """How and when a stay ended."""

    command_id = UUID(primary_key=True, null=False, default=None)
    stay_id = UUID(null=False, default=None)
    way = Text(null=False, default=None)
    discharged_at = Timestamptz(null=False, default=None)
    author_id = UUID(null=False, default=None)
    at = Timestamptz(null=False, default=None)


class CareLevelDecision(Table, tablename="care_level_decision"):
    """Care level I, II or III."""

    command_id = UUID(primary_key=True, null=False, default=None)
    stay_id = UUID(null=False, default=None)
    care_level = SmallInt(null=False, default=None)
    author_id = UUID(null=False, default=None)
    at = Timestamptz(null=False, default=None)


class StayReason(Table, tablename="stay_reason"):
    """Another word for why they are here."""

    command_id = UUID(primary_key=True, null=False, default=None)
    stay_id = UUID(null=False, default=None)
    reason = Text(null=False, default=None)
    author_id = UUID(null=False, default=None)
    at = Timestamptz(null=False, default=None)


class WardState(Table, tablename="ward_state"):
    """A ward as it stands. A projection."""

    ward_id = Text(primary_key=True, null=False, default=None)
    command_id = UUID(null=False, default=None)
    name = Text(null=False, default=None)
    short_name = Text(null=False, default=None)
    on_call_phone = Text(null=False, default=None)


class PositionState(Table, tablename="position_state"):
    """A position as it stands. A projection."""

    position_id = UUID(primary_key=True, null=False, default=None)
    command_id = UUID(null=False, default=None)
    ward_id = Text(null=False, default=None)
    room = Text(null=False, default=None)
    bed = Text(null=False, default=None)
    label = Text(null=False, default=None)
    folded_label = Text(null=False, default=None)
    extra = Boolean(null=False, default=None)
    code = Text(null=False, default=None)
    closed = Boolean(null=False, default=None)


class OccupiedPositionState(Table, tablename="occupied_position_state"):
    """Who lies where: one stay to a position."""

    position_id = UUID(primary_key=True, null=False, default=None)
    stay_id = UUID(null=False, default=None)


class OpenStayState(Table, tablename="open_stay_state"):
    """One open stay to a patient."""

    patient_id = UUID(primary_key=True, null=False, default=None)
    stay_id = UUID(null=False, default=None)


class StayState(Table, tablename="stay_state"):
    """A stay as it stands. A projection."""

    stay_id = UUID(primary_key=True, null=False, default=None)
    command_id = UUID(null=False, default=None)
    patient_id = UUID(null=False, default=None)
    ward_id = Text(null=False, default=None)
    position_id = UUID(null=True, default=None)
    reason = Text(null=False, default=None)
    care_level = SmallInt(null=False, default=None)
    admitted_at = Timestamptz(null=False, default=None)
    discharged_at = Timestamptz(null=True, default=None)
    discharge_way = Text(null=True, default=None)


class MovedStayState(Table, tablename="moved_stay_state"):
    """The stub a move leaves behind. A projection."""

    log_id = Text(primary_key=True, null=False, default=None)
    stay_id = UUID(null=False, default=None)
    command_id = UUID(null=False, default=None)
    to_ward_id = Text(null=False, default=None)
    moved_at = Timestamptz(null=False, default=None)


APP_CONFIG = AppConfig(
    app_name="wards",
    migrations_folder_path="backend/wards/migrations",
    table_classes=[
        Ward,
        WardDescription,
        Bed,
        WardPosition,
        PositionClosing,
        Stay,
        StayMove,
        StayDischarge,
        CareLevelDecision,
        StayReason,
        WardState,
        PositionState,
        OccupiedPositionState,
        OpenStayState,
        StayState,
        MovedStayState,
    ],
)
