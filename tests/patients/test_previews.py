"""The rows a preview of patients and wards makes on the tablet beside the rows that come back: equal.

A discharge and an admission foresee the stay (and a new patient without the code, which is the server's); what else
the server brings with them comes with its line.
"""

import random
import re
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

import msgspec
import pytest

from backend.core.access import Role
from tests.both_languages import typescript
from tests.house.house import House
from tests.patients.ward import Ward

Json = dict[str, Any]
MODULE = "../tests/previewed_patients"
SEEDS = [1, 2]
STEPS = 45
KINDS = ("patient", "stay", "wristband")
SERVER_SAYS = ("patient_code",)
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*")
HOA = {"family_name": "Nguyễn", "middle_name": "Thị", "given_name": "Hoa", "sex": "female"}
BORN: list[Json] = [
    {"birth_year": 1958},
    {"birth_date": "1959-03-02"},
    {"birth_date": "1959-03-02", "birth_year": 1959},
    {"birth_year": 2012, "age_months": 170, "age_months_at": "2026-11-24"},
]


class Step(msgspec.Struct):
    """One accepted act: what the tablet held, what it sent, and what came back."""

    held: list[Json]
    claims: Json
    author_id: str
    now: str
    after: list[Json]


class Past:
    """Writes a random but possible past of one stay."""

    def __init__(self, ward: Ward, chance: random.Random) -> None:
        self.ward, self.chance = ward, chance
        self.allergies = [uuid4() for _ in range(3)]
        self.codes: list[str] = []

    async def step(self) -> Step | None:
        """The next act; None where it was refused or brings what is made on the server alone."""
        kind = self.chance.choice(sorted(self.acts))
        role, payload = self.acts[kind](self)
        return await self.sent(role, kind, payload)

    async def sent(self, role: Role, kind: str, payload: Json) -> Step | None:
        by = await self.ward.by(role)
        held = await self.rows()
        if kind in ("wear_wristband", "void_wristband") and payload["code"] is None:
            return None
        claims = by.claims(kind, **{"stay_id": self.ward.stay_id, **payload})
        now = datetime.now(UTC)
        answer = (await by.post([by.signed(claims)]))[0]
        if answer["answer"] != "accepted":
            return None
        if kind == "print_wristband":
            self.codes.append(answer["result"]["code"])
            return None
        told: Json = msgspec.json.decode(msgspec.json.encode(claims))
        return Step(held, told, str(by.staff_id), now.isoformat(), await self.rows())

    async def rows(self) -> list[Json]:
        rows: list[Json] = (await self.ward.house.snapshot("noi"))["rows"]
        staff: list[Json] = (await self.ward.house.snapshot("facility"))["rows"]
        return [*rows, *(row for row in staff if row["type"] == "staff")]

    def change_patient(self) -> tuple[Role, Json]:
        number = [{"system": "national_id", "value": f"0790{self.chance.randrange(9)}"}]
        given: Json = {"identifiers": number} if self.chance.random() < 0.5 else {}
        if self.chance.random() < 0.3:
            given["pregnancy"] = self.chance.choice(("yes", "no", "not_asked"))
        return Role.CLERK, {"patient": {**HOA, **self.chance.choice(BORN), **given}, "reason": "nghe nhầm"}

    def record_allergy(self) -> tuple[Role, Json]:
        said = {
            "allergy_id": self.chance.choice(self.allergies),
            "substance": "Penicilin",
            "severity": self.chance.choice(("unknown", "mild", "severe", "anaphylaxis")),
            "certainty": self.chance.choice(("suspected", "confirmed")),
        }
        return self.chance.choice((Role.NURSE, Role.PHYSICIAN)), said

    def record_allergy_state(self) -> tuple[Role, Json]:
        return Role.NURSE, {"state": self.chance.choice(("none_known", "unable_to_ask")), "asked": "con gái"}

    def withdraw_allergy(self) -> tuple[Role, Json]:
        return Role.PHYSICIAN, {"allergy_id": self.chance.choice(self.allergies), "reason": "test âm tính"}

    def record_weight(self) -> tuple[Role, Json]:
        at = datetime.now(UTC) - timedelta(minutes=self.chance.randrange(-3, 900), seconds=self.chance.randrange(60))
        weight_g = self.chance.randrange(40_000, 60_000)
        return Role.NURSE, {"weight_g": weight_g, "source": "scale", "weighed_at": at}

    def record_pregnancy(self) -> tuple[Role, Json]:
        after = {"pregnancy": "postpartum", "delivered_on": "2026-11-20"}
        return Role.NURSE, self.chance.choice((after, {"pregnancy": "yes"}, {"pregnancy": "no"}))

    def answer_age(self) -> tuple[Role, Json]:
        return Role.NURSE, {"age_months": self.chance.randrange(0, 900)}

    def print_wristband(self) -> tuple[Role, Json]:
        return Role.CLERK, {"reason": "lost"}

    def wear_wristband(self) -> tuple[Role, Json]:
        return Role.NURSE, {"code": self.chance.choice(self.codes) if self.codes else None}

    def void_wristband(self) -> tuple[Role, Json]:
        return Role.CLERK, {"code": self.chance.choice(self.codes) if self.codes else None, "reason": "misprint"}

    def move_stay(self) -> tuple[Role, Json]:
        return Role.NURSE, {"ward_id": "noi", "position_id": self.chance.choice(self.ward.places)}

    def set_care_level(self) -> tuple[Role, Json]:
        return Role.PHYSICIAN, {"care_level": self.chance.choice((1, 2, 3))}

    def change_reason(self) -> tuple[Role, Json]:
        return Role.NURSE, {"reason": f"Viêm phổi {self.chance.randrange(9)}"}

    acts: ClassVar = {
        act.__name__: act
        for act in (
            change_patient, record_allergy, record_allergy_state, withdraw_allergy, record_weight, record_pregnancy,
            answer_age, print_wristband, wear_wristband, void_wristband, move_stay, set_care_level, change_reason,
        )
    }  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_rows_a_preview_makes_are_the_rows_that_come_back(house: House, seed: int) -> None:
    past = Past(await Ward(house).open(), random.Random(seed))
    steps = [step for _ in range(STEPS) if (step := await past.step()) is not None]
    assert len({step.claims["kind"] for step in steps}) >= 10
    _compare(steps, whole=True)


async def test_an_admission_and_a_discharge_are_foreseen(house: House) -> None:
    ward = await Ward(house).open()
    past = Past(ward, random.Random(1))
    admitted = {
        "stay_id": uuid4(), "patient_id": uuid4(), "ward_id": "noi", "position_id": ward.places[1], "reason": "sốt",
        "admitted_at": datetime.now(UTC), "patient": {**HOA, "birth_date": "1990-05-01"},
    }  # fmt: skip
    first = await past.sent(Role.NURSE, "admit_patient", admitted)
    left = {"stay_id": ward.stay_id, "way": "home", "discharged_at": datetime.now(UTC)}
    second = await past.sent(Role.NURSE, "discharge_stay", left)
    assert first is not None
    assert second is not None
    _compare([first, second], whole=False)


def _compare(steps: list[Step], *, whole: bool) -> None:
    """`whole`: nothing may change that was not foreseen."""
    asked = [("previewed", [step.claims, step.held, step.now, step.author_id]) for step in steps]
    for step, rows in zip(steps, typescript(MODULE, asked), strict=True):
        before, after = ({(row["type"], row["key"]): row for row in some} for some in (step.held, step.after))
        foreseen = {(row["type"], row["key"]): row for row in rows}
        assert foreseen or not whole or step.claims["kind"] == "wear_wristband", step.claims
        for name, row in foreseen.items():
            assert _plain(row) == _plain(after.get(name, {})), step.claims
        changed = {name for name in after if name[0] in KINDS and _plain(before.get(name)) != _plain(after[name])}
        assert not whole or changed <= foreseen.keys(), step.claims


def _plain(value: Any) -> Any:
    """Without what only the server can say; every instant as milliseconds, names of rows' acts left out."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in sorted(value.items()) if name not in SERVER_SAYS}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, str) and INSTANT.fullmatch(value):
        return (datetime.fromisoformat(value) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return value
