"""The two roles: the owner migrates, `bedside_app` serves and cannot change what a record is."""

from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from backend.postgres import queries
from backend.postgres.binaries import OLDEST_MAJOR
from backend.trouble import Trouble

CONNECT_WITHIN_S = 10


async def make_roles(admin_url: str, owner_password: str, app_password: str) -> None:
    """Makes both roles and the database where they are missing, and sets the passwords we keep."""
    connection = await asyncpg.connect(admin_url, timeout=CONNECT_WITHIN_S)
    try:
        await connection.fetchrow(queries.TELL_PASSWORDS, owner_password, app_password)
        await connection.execute(queries.MAKE_OWNER_ROLE)
        await connection.execute(queries.MAKE_APP_ROLE)
        if not await connection.fetchval(queries.DATABASE_EXISTS):
            await connection.execute(queries.MAKE_DATABASE)
        await _open_to_app_alone(connection)
    finally:
        await connection.close()


async def make_database_anew(admin_url: str) -> None:
    """Drops the database, whoever is connected, and makes an empty one."""
    connection = await asyncpg.connect(admin_url, timeout=CONNECT_WITHIN_S)
    try:
        await connection.execute(queries.DROP_DATABASE)
        await connection.execute(queries.MAKE_DATABASE)
        await _open_to_app_alone(connection)
    finally:
        await connection.close()


async def open_managed(owner_url: str, app_password: str) -> tuple[str, str]:
    """(owner URL, URL of `bedside_app`) of a database that others manage; makes the role if it may."""
    shown = _without_password(owner_url)
    try:
        connection = await asyncpg.connect(owner_url, timeout=CONNECT_WITHIN_S)
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise Trouble(
            f"The database of DATABASE_URL ({shown}) does not answer: {error or type(error).__name__}."
        ) from error
    try:
        major = await connection.fetchval(queries.SERVER_VERSION)
        if major < OLDEST_MAJOR:
            raise Trouble(f"The database of DATABASE_URL is PostgreSQL {major}; Bedside needs {OLDEST_MAJOR} or newer.")
        await connection.fetchrow(queries.TELL_PASSWORDS, "", app_password)
        await connection.execute(queries.MAKE_APP_ROLE)
    except asyncpg.InsufficientPrivilegeError as error:
        raise Trouble(
            "The user of DATABASE_URL may not make the role bedside_app, which serves: give it CREATEROLE this once."
        ) from error
    finally:
        await connection.close()
    return owner_url, _as_app(owner_url, app_password)


async def _open_to_app_alone(connection: "asyncpg.Connection[Any]") -> None:
    await connection.execute(queries.CLOSE_TO_OTHERS)
    await connection.execute(queries.OPEN_TO_APP)


def _as_app(url: str, password: str) -> str:
    parts = urlsplit(url)
    address = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"bedside_app:{quote(password, safe='')}@{address}"))


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=""))
