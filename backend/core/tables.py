"""The core's tables as Piccolo sees them, for migrations and administrators' reads."""

from piccolo.columns import JSON, UUID, BigInt, Boolean, Bytea, Text, Timestamptz
from piccolo.conf.apps import AppConfig
from piccolo.table import Table

APP_CONFIG = AppConfig(app_name="core", migrations_folder_path="backend/core/migrations", table_classes=[])
