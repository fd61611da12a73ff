"""What the figures are measured on: a hospital of 40 wards, a served house, commands signed beforehand."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import msgspec

from backend.core.access import Role
from backend.core.database import open_pool
from tests.house.cluster import Cluster, make_database
from tests.house.examples import readings
from tests.house.house import House
from tests.house.server import Server, new_data_dir
from tests.house.tablet import Tablet

WARDS = 40
STAYS_EACH = 12
FULL_WARD = "full"
FULL_PATIENTS = 60
FULL_FIRST = 10_000
FULL_HOURS = 72
EVERY_HOURS = 4
READERS = 20
"""Reads are audited on the reader's own device: one device alone would wait for itself."""


class Ground:
    """PostgreSQL with fsync on, the server process, a nurse of each ward, a physician who may read."""

    def __init__(self, cluster: Cluster, house: House, server: Server) -> None:
        self.cluster, self.house, self.server = cluster, house, server
        self.nurses: list[Tablet] = []
        self.bands: list[str] = []
        self.full_stays: list[UUID] = []
        self.full_bands: list[str] = []
        self.full_nurse: Tablet
        self.readers: list[Tablet] = []

    async def build(self) -> None:
        """40 wards with 4 patients each, every band worn; the nurses' sessions are real keys."""
        for ward in range(WARDS):
            ward_id = ward_name(ward)
            places = await self.house.add_ward(ward_id, positions=STAYS_EACH)
            nurse = await self.house.tablet(Role.CHARGE_NURSE, (ward_id,))
            self.nurses.append(nurse)
            for n, place in enumerate(places):
                stay_id = stay_name(ward * STAYS_EACH + n)
                await self.house.admit(ward_id, place, stay_id, given_name=f"Hoa {ward} {n}")
                self.bands.append(await _banded(nurse, stay_id))
                await chart(nurse, stay_id, self.bands[-1], Random(ward))

    async def fill(self) -> None:
        """One ward of 60 patients with 72 hours of vital signs every four hours, as a real one looks."""
        places = await self.house.add_ward(FULL_WARD, positions=FULL_PATIENTS)
        nurse = await self.house.tablet(Role.CHARGE_NURSE, (FULL_WARD,))
        random = Random(6)
        for n, place in enumerate(places):
            stay_id = stay_name(FULL_FIRST + n)
            await self.house.admit(FULL_WARD, place, stay_id, given_name=f"Minh {n}")
            band = await _banded(nurse, stay_id)
            self.full_stays.append(stay_id)
            self.full_bands.append(band)
            for hours in range(FULL_HOURS - 1, 0, -EVERY_HOURS):
                await chart(nurse, stay_id, band, random, datetime.now(UTC) - timedelta(hours=hours))
        self.full_nurse = nurse
        for _ in range(READERS):
            self.readers.append(await self.house.tablet(Role.PHYSICIAN, (FULL_WARD,)))

    def signed(self, count: int, wards: int) -> list[tuple[Tablet, bytes]]:
        """Request bodies with one signed `record_vitals` each, over all the small wards or on the full one."""
        made, random = [], Random(count)
        for n in range(count):
            stay = n % WARDS * STAYS_EACH + random.randrange(STAYS_EACH) if wards > 1 else n % FULL_PATIENTS
            nurse = self.nurses[n % WARDS] if wards > 1 else self.full_nurse
            stay_id, band = (
                (stay_name(stay), self.bands[stay]) if wards > 1 else (self.full_stays[stay], self.full_bands[stay])
            )
            raw = nurse.command("record_vitals", **vitals(stay_id, band, random, datetime.now(UTC)))
            made.append((nurse, msgspec.json.encode({"commands": [raw]})))
        return made


async def opened(folder: Path) -> Ground:
    """Everything started, and the hospital built."""
    cluster = Cluster()
    database = await make_database(cluster.addresses)
    house = House(await open_pool(database.app_url), database)
    ground = Ground(cluster, house, Server(house, new_data_dir(folder)))
    await ground.build()
    await ground.fill()
    await ground.server.start()
    return ground


async def closed(ground: Ground) -> None:
    """Everything ended."""
    await ground.server.stop()
    ground.house.pool.terminate()
    ground.cluster.stop()


def ward_name(number: int) -> str:
    """`w00` … `w39`."""
    return f"w{number:02d}"


def stay_name(number: int) -> UUID:
    """A stay's id that pgbench can make from a number."""
    return UUID(f"00000000-0000-4000-8000-{number:012x}")


def vitals(stay_id: UUID, band: str, random: Random, at: datetime) -> dict[str, Any]:
    """A full set after a band scan."""
    return {
        "stay_id": stay_id,
        "identification": {"method": "wristband", "code": band},
        "readings": readings(random, at),
        "recorded_at": at,
    }


async def chart(nurse: Tablet, stay_id: UUID, band: str, random: Random, at: datetime | None = None) -> None:
    """One set, in the record."""
    await nurse.accepted("record_vitals", **vitals(stay_id, band, random, at or datetime.now(UTC)))


async def _banded(nurse: Tablet, stay_id: UUID) -> str:
    code = str((await nurse.accepted("print_wristband", stay_id=stay_id, reason="first"))["result"]["code"])
    await nurse.accepted("wear_wristband", stay_id=stay_id, code=code)
    return code
