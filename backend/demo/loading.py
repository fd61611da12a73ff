"""Fills an empty database with the demo hospital, through the door; says who can sign in and where the sheet lies.

Every id comes from the seed and every answer repeats for ever, so a start that was cut off goes on where it
stopped, and a start that has nothing to do only reads the codes again.
"""

import asyncio
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.app import House, open_house
from backend.core import clock
from backend.core.commands import Accepted, Answer, Command, Retry
from backend.core.settings import Settings, keep_secret
from backend.demo import acts, sheet
from backend.demo.acts import Act
from backend.demo.hospital import OPENED, Invention
from backend.demo.queries import HAS_SECRETS, RECORDED_AT
from backend.identity import installing, signing_in
from backend.identity.devices import Gatehouse
from backend.identity.types import Enrolment
from backend.patients.types import PrintWristband
from backend.trouble import Trouble
from backend.vitals.types import RecordVitals

SEED = 20261124
PASSWORD, PIN = "bedside-demo", "246810"
"""Of everyone, where only this machine can reach the demo."""
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
TABLET = "Máy khoa Nội 1"
ANSWER = msgspec.json.Decoder(Answer)


class DemoPerson(Struct, frozen=True, kw_only=True):
    """Someone who can sign in, and what they type."""

    name: str
    role: str
    wards: list[str]
    login: str
    password: str
    pin: str


class DemoHospital(Struct, frozen=True, kw_only=True):
    """What the launcher tells: who can sign in, the printed sheet, and a code for the first tablet."""

    people: list[DemoPerson]
    sheet: Path
    enrolment: Enrolment | None


async def load(
    settings: Settings, *, fresh_secrets: bool, now: datetime | None = None, seed: int = SEED
) -> DemoHospital:
    """The demo hospital, loaded where it is not yet. Raises `Trouble` where the database holds something else."""
    async with open_house(settings) as house:
        story = await _story(house, seed, now or clock.now())
        people = _people(story, settings, fresh_secrets)
        badges = await _open_wards(house, story)
        await _give_secrets(house, settings, story, people)
        bands = await _admit(house, story)
        async with asyncio.TaskGroup() as filling:
            for ward in story.wards:
                filling.create_task(_fill(house, story, ward["ward_id"], bands))
        path = settings.data_dir / "demo-sheet.pdf"
        await sheet.write(path, house.pool, story, settings.facility, badges=badges, bands=bands, people=people)
        gatehouse = Gatehouse(pool=house.pool, door=house.door, secrets=house.secrets, settings=settings)
        enrolment = await installing.enrol_device(gatehouse, TABLET, [ward["ward_id"] for ward in story.wards])
        return DemoHospital(people=people, sheet=path, enrolment=enrolment)


async def _story(house: House, seed: int, now: datetime) -> Invention:
    """The story as it was first told: its `now` is read back from the first act, where there is one."""
    told = Invention(seed, now.replace(microsecond=0))
    first = next(acts.opening(told)).command
    recorded_at: datetime | None = await house.pool.fetchval(RECORDED_AT, first.id)
    return told if recorded_at is None else Invention(seed, recorded_at.astimezone(UTC) + OPENED)


def _people(story: Invention, settings: Settings, fresh: bool) -> list[DemoPerson]:
    """Everyone with what they type; fresh secrets are made once and kept in a file only we can read."""
    path = settings.data_dir / "secrets" / "demo_people.json"
    if fresh and not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = {person["login"]: (_password(), _pin()) for person in story.staff}
        keep_secret(path, msgspec.json.encode(made))
    typed = msgspec.json.decode(path.read_bytes(), type=dict[str, tuple[str, str]]) if fresh else {}
    names = {ward["ward_id"]: ward["short_name"] for ward in story.wards}
    return [
        DemoPerson(
            name=" ".join(person["name"]),
            role=person["role"],
            wards=[names[ward_id] for ward_id in person["wards"]],
            login=person["login"],
            password=typed.get(person["login"], (PASSWORD, PIN))[0],
            pin=typed.get(person["login"], (PASSWORD, PIN))[1],
        )
        for person in story.staff
    ]


def _password() -> str:
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))


def _pin() -> str:
    return f"{secrets.randbelow(10**6):06d}"


async def _open_wards(house: House, story: Invention) -> dict[str, str]:
    """Wards, positions and staff; the badge's code of each login."""
    badges: dict[UUID, str] = {}
    for act in acts.opening(story):
        answer = await _carried_out(house, act)
        if "code" in answer.result:
            badges[act.command.id] = str(answer.result["code"])
    for ward in story.wards:
        for act in acts.positions(story, ward):
            await _carried_out(house, act)
    return {person["login"]: badges[story.id("act", "badge", person["login"])] for person in story.staff}


async def _give_secrets(house: House, settings: Settings, story: Invention, people: list[DemoPerson]) -> None:
    """Passwords and PINs, where there are none yet: what someone changed in the demo stays."""
    gatehouse = Gatehouse(pool=house.pool, door=house.door, secrets=house.secrets, settings=settings)
    for person in people:
        staff_id = story.id("staff", person.login)
        if not await house.pool.fetchval(HAS_SECRETS, staff_id):
            await signing_in.set_secrets(gatehouse, staff_id, password=person.password, pin=person.pin)


async def _admit(house: House, story: Invention) -> dict[str, list[str]]:
    """Everyone, one after the other, so that patient codes follow the seed; the bands of each place, oldest first."""
    places, bands = _places(story), dict[str, list[str]]()
    for ward in story.wards:
        for act in acts.admissions(story, ward["ward_id"]):
            answer = await _carried_out(house, act)
            if isinstance(act.command, PrintWristband):
                bands.setdefault(places[act.command.stay_id], []).append(str(answer.result["code"]))
    return bands


async def _fill(house: House, story: Invention, ward_id: str, bands: dict[str, list[str]]) -> None:
    """What one ward's people charted."""
    places = _places(story)
    latest = await _carry_out_all(house, acts.at_the_bedside(story, ward_id, bands), places)
    await _carry_out_all(house, acts.checks_again(story, ward_id, bands, latest), places)


def _places(story: Invention) -> dict[UUID, str]:
    return {story.stay_id(patient["at"]): patient["at"] for patient in story.patients}


async def _carry_out_all(
    house: House, all_acts: Iterable[Act], places: dict[UUID, str]
) -> dict[str, tuple[str | None, datetime]]:
    """Each act in turn; (band, when taken) of each place's last set."""
    latest: dict[str, tuple[str | None, datetime]] = {}
    for act in all_acts:
        answer = await _carried_out(house, act)
        if isinstance(act.command, RecordVitals):
            band = answer.result.get("band")
            taken_at = act.command.readings[0].taken_at
            latest[places[act.command.stay_id]] = (band if isinstance(band, str) else None, taken_at)
    return latest


async def _carried_out(house: House, act: Act) -> Accepted:
    """The door's answer. Raises `Trouble` where it is not `accepted`: the database holds something else."""
    for tries_left in range(4, -1, -1):
        answer = ANSWER.decode(await house.door.execute(act.command, act.actor))
        if isinstance(answer, Accepted):
            return answer
        if not isinstance(answer, Retry) or tries_left == 0:
            raise _cannot(act.command, answer)
        await asyncio.sleep(0.2)
    raise AssertionError("the last try returns or raises")


def _cannot(command: Command, answer: Answer) -> Trouble:
    return Trouble(
        f"The demo could not be filled ({_kind(command)}: {msgspec.json.encode(answer).decode()}). "
        "Give it a folder of its own: ./bedside demo --data FOLDER"
    )


def _kind(command: Command) -> str:
    return str(type(command).__struct_config__.tag)
