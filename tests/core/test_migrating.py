"""Migrations reach the database they are told, and run once."""

import asyncpg

from backend.core.migrating import migrate
from tests.house.cluster import Addresses, Database, of_database


async def test_a_second_database_in_one_process_is_migrated_itself(cluster: Addresses, database: Database) -> None:
    """Found by the second PostgreSQL of one run: Piccolo's own table remembered the first."""
    admin = await asyncpg.connect(cluster.admin_url)
    names = [f"{database.name}_{n}" for n in range(2)]
    for name in names:
        await admin.execute(f'CREATE DATABASE "{name}" OWNER bedside_owner')
    try:
        for name in names:
            owner_url = of_database(cluster.owner_url, name)
            assert await migrate(owner_url) > 5
            assert await migrate(owner_url) == 0
            owner = await asyncpg.connect(owner_url)
            assert await owner.fetchval("SELECT count(*) FROM migration") > 5
            assert await owner.fetchval("SELECT count(*) FROM log_head") == 1
            await owner.close()
    finally:
        for name in names:
            await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await admin.close()
