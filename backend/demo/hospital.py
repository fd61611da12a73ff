"""The invented hospital as its file has it, and the ids, people and instants that the seed makes of it."""

import json
import random
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from backend.core.access import Actor, Role
from backend.patients.types import PatientDetails

HOSPITAL: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "hospital.json").read_text(encoding="utf-8"))
BEDS = 30
OPENED = timedelta(days=12)
"""How long before the present the demo's wards opened."""
NOBODY = UUID(int=0)


class Invention:
    """Everything that follows from the seed and the instant called now."""

    def __init__(self, seed: int, now: datetime) -> None:
        self.seed, self.now = seed, now
        self.patients: list[dict[str, Any]] = HOSPITAL["patients"]
        self.wards: list[dict[str, Any]] = HOSPITAL["wards"]
        self.staff: list[dict[str, Any]] = HOSPITAL["staff"]

    def id(self, *parts: str | int) -> UUID:
        """The id of a thing of this name: the same for the same seed."""
        return uuid5(NAMESPACE_URL, "/".join(["bedside-demo", str(self.seed), *map(str, parts)]))

    def random(self, *parts: str | int) -> random.Random:
        """A source of its own for each thing, so that one story more changes no other."""
        return random.Random(f"{self.seed}/{'/'.join(map(str, parts))}")

    def claims(self, at: datetime, *parts: str | int) -> dict[str, Any]:
        """The claims of the act of this name."""
        return {
            "id": self.id("act", *parts),
            "device": NOBODY,
            "session": NOBODY,
            "counter": None,
            "recorded_at": at,
            "app": "demo",
            "rules": "demo",
        }

    def actor(self, login: str) -> Actor:
        """The member of staff as whom the demo acts."""
        person = next(p for p in self.staff if p["login"] == login)
        return Actor(
            staff_id=self.id("staff", login),
            name=" ".join(person["name"]),
            role=Role(person["role"]),
            wards=frozenset(person["wards"]),
            service="demo",
        )

    def on_duty(self, ward_id: str, at: datetime) -> Actor:
        """Who charts on this ward then: nurses by turns of eight hours, the charge nurse now and then."""
        logins = [
            p["login"]
            for p in self.staff
            if ward_id in p["wards"] and p["role"] in ("nurse", "midwife", "charge_nurse")
        ]
        turn = int(at.timestamp()) // (8 * 3600)
        helping = self.random("duty", ward_id, int(at.timestamp())).random() < 0.2
        return self.actor(logins[(turn + helping) % len(logins)])

    def admitted_at(self, patient: dict[str, Any]) -> datetime:
        """Three to nine days ago, a few within the last three; the ill in hand long enough to have a story."""
        source = self.random("admitted", patient["at"])
        recent = patient["profile"] in ("post_op", "fracture", "well") and source.random() < 0.3
        hours = source.uniform(20, 60) if recent else source.uniform(75, 220)
        return self.now - timedelta(hours=hours)

    def stay_id(self, at: str) -> UUID:
        return self.id("stay", at)


def labels_of(ward: dict[str, Any]) -> list[tuple[str, str, str, bool]]:
    """(room, bed, label, extra) of every position: beds shared out over the rooms, one bed split in two."""
    per_room = BEDS // len(ward["rooms"])
    places = []
    for number in range(1, BEDS + 1):
        bed, room = f"{number:02d}", ward["rooms"][(number - 1) // per_room]
        halves = ("A", "B") if bed == ward["split_bed"] else ("",)
        places += [(room, bed, bed + half, False) for half in halves]
    return places + [("Hành lang", label, label, True) for label in ward["extra"]]


def details_of(patient: dict[str, Any], admitted_at: datetime) -> PatientDetails:
    """Identity as it was given at the desk."""
    born: str = patient["born"]
    family_name, middle_name, given_name = patient["name"]
    return PatientDetails(
        family_name=family_name,
        middle_name=middle_name,
        given_name=given_name,
        birth_date=date.fromisoformat(born) if len(born) == 10 else None,
        birth_year=int(born) if len(born) == 4 else None,
        age_months=patient.get("unknown"),
        age_months_at=admitted_at.date() if "unknown" in patient else None,
        sex=patient["sex"],
        unknown_person="unknown" in patient,
    )
