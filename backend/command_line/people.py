"""`migrate`, `add-staff`, `enrol-device`: what an installer does at the server's terminal, also while it serves."""

import asyncio
import os
import sys
import unicodedata
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager

import qrcode

from backend import postgres
from backend.app import House, open_house
from backend.command_line import arguments
from backend.command_line.journal import open_journal
from backend.core.access import Role
from backend.core.errors import Problem
from backend.core.migrating import migrate as bring_up
from backend.core.settings import Settings
from backend.identity import installing
from backend.identity.devices import Gatehouse
from backend.identity.installing import Added
from backend.identity.types import Enrolment
from backend.trouble import Trouble


def migrate(told: Namespace) -> int:
    """Brings the database to the present shape."""
    with _found(told) as running:
        ran = asyncio.run(bring_up(running.owner_url))
    _say(f"{ran} migrations ran." if ran else "Nothing to do: the database has the present shape.")
    return 0


def add_staff(told: Namespace) -> int:
    """Adds a person, and prints what must be handed to them."""
    if told.role not in set(Role):
        raise Trouble(f"There is no role '{told.role}'; the roles are {', '.join(Role)}.")
    family_name, middle_name, given_name = name_parts(told.name)
    with _found(told) as running:
        added = asyncio.run(_add_staff(told, running, family_name, middle_name, given_name))
    _say(f"{told.name}, {told.role}, signs in as: {told.login}")
    _say(f"One-time password (72 hours): {added.one_time_password}")
    _say(f"Badge code, to be printed:    {added.badge}")
    return 0


def enrol_device(told: Namespace) -> int:
    """Prints a one-time code and its QR."""
    with _found(told) as running:
        enrolment = asyncio.run(_enrol_device(told, running))
    _say(f"Open this on the tablet before {enrolment.expires_at.astimezone():%H:%M}: {enrolment.url}")
    _say(f"Or type this code there: {enrolment.code}")
    print_qr(enrolment.url)
    return 0


def name_parts(name: str) -> tuple[str, str, str]:
    """(family, middle, given) of a name written family name first; one word is a given name."""
    words = unicodedata.normalize("NFC", name).split()
    if not words:
        raise Trouble("A name needs at least one word.")
    return (words[0] if len(words) > 1 else "", " ".join(words[1:-1]), words[-1])


def print_qr(text: str) -> None:
    """The QR in letters, for whoever has only this terminal."""
    picture = qrcode.QRCode(border=2)
    picture.add_data(text)
    picture.print_ascii(out=sys.stdout, invert=sys.stdout.isatty())


async def _add_staff(told: Namespace, running: postgres.Running, family: str, middle: str, given: str) -> Added:
    await bring_up(running.owner_url)
    settings = _settings(told, running)
    async with open_house(settings) as house:
        with _problems_said():
            return await installing.add_staff(
                _gatehouse(house, settings),
                family_name=family,
                middle_name=middle,
                given_name=given,
                role=Role(told.role),
                login=told.login,
                wards=told.ward,
            )


async def _enrol_device(told: Namespace, running: postgres.Running) -> Enrolment:
    await bring_up(running.owner_url)
    settings = _settings(told, running)
    async with open_house(settings) as house:
        with _problems_said():
            return await installing.enrol_device(_gatehouse(house, settings), told.name, told.wards)


def _gatehouse(house: House, settings: Settings) -> Gatehouse:
    return Gatehouse(house.pool, house.door, house.secrets, settings)


@contextmanager
def _found(told: Namespace) -> Iterator[postgres.Running]:
    """The database: the running server's, DATABASE_URL's, or one started for this moment."""
    open_journal(plain=True)
    running = postgres.find(arguments.data_dir(told), os.environ.get("DATABASE_URL"))
    try:
        yield running
    finally:
        running.stop()


@contextmanager
def _problems_said() -> Iterator[None]:
    try:
        yield
    except Problem as problem:
        raise Trouble(problem.detail) from problem


def _settings(told: Namespace, running: postgres.Running) -> Settings:
    data_dir = arguments.data_dir(told)
    return Settings(
        database_url=running.app_url,
        owner_url=running.owner_url,
        data_dir=data_dir,
        public_url=arguments.kept(data_dir, "public_url") or f"http://localhost:{arguments.PORT}",
        facility=arguments.kept(data_dir, "facility") or "Bedside",
    )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
