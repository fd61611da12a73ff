"""Where Piccolo finds the database (as owner, to migrate) and the features' tables."""

import os

from piccolo.conf.apps import AppRegistry
from piccolo.engine.postgres import PostgresEngine

DB = PostgresEngine(config={"dsn": os.environ.get("BEDSIDE_OWNER_URL", "")})

APP_REGISTRY = AppRegistry(
    apps=[
        "backend.core.tables",
        "backend.identity.tables",
        "backend.patients.tables",
        "backend.wards.tables",
        "backend.vitals.tables",
        "backend.realtime.tables",
    ]
)
