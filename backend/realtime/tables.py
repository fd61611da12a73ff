"""The realtime feature's tables as Piccolo sees them."""

from piccolo.columns import UUID, BigInt, Text, Timestamptz
from piccolo.conf.apps import AppConfig
from piccolo.table import Table


class ReceiptState(Table, tablename="receipt_state"):
    """Which line of which log each device holds (a projection)."""

    device_id = UUID(primary_key=True, null=False, default=None)
    log_id = Text(null=False, default=None)
    seq = BigInt(null=False, default=None)
    at = Timestamptz(null=False, default=None)


APP_CONFIG = AppConfig(
    app_name="realtime", migrations_folder_path="backend/realtime/migrations", table_classes=[ReceiptState]
)
