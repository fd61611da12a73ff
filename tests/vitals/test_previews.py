"""The rows a preview makes on the tablet beside the rows that come back: equal, but for when the server received it.

`BEDSIDE_RANDOM_CASES` over 100 asks for longer histories; a seed that ever failed stays in SEEDS.
"""

import os
import random
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests.both_languages import typescript
from tests.house.house import House
from tests.house.tablet import Tablet
from tests.vitals import generated
from tests.vitals.bedside import WELL, Bedside

Json = dict[str, Any]
SEEDS = [1, 2, 3, 4]
STEPS = max(30, int(os.environ.get("BEDSIDE_RANDOM_CASES", "400")) // 10)
MODULE = "../tests/previewed"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*")
SERVER_SAYS = ("received_at",)


class Step(msgspec.Struct):
    """One act: what the tablet held before, what it sent, who sent it, when, and what came back."""

    held: list[Json]
    claims: Json
    author_id: str
    now: str
    answer: Json
    after: list[Json]


class Past:
    """Writes a random but possible past of one stay, act by act, thirty hours long."""

    def __init__(self, bed: Bedside, chance: random.Random) -> None:
        self.bed, self.chance, self.hours = bed, chance, 0.0
        self.charted: list[str] = []

    async def step(self) -> Step:
        """The next act."""
        self.hours += self.chance.choice((0.05, 0.1, 0.3, 0.6, 1.2))
        kind = self.chance.choices(
            ("record_vitals", "correct_vitals", "set_spo2_scale", "attach_monitor", "move_stay"), (70, 18, 4, 5, 3)
        )[0]
        if kind == "correct_vitals" and not self.charted:
            kind = "record_vitals"
        by, payload = getattr(self, f"_{kind}")()
        return await self.sent(by, kind, payload)

    def _record_vitals(self) -> tuple[Tablet, Json]:
        late = self.chance.choice((0, 0, 0, 0, 0.7, 5))
        method = self.chance.choice(("question", "companion", "none"))
        return self._somebody(), {
            "readings": self._readings(self.hours - late),
            "identification": {"method": method, **self._known(method)},
            "late_reason": "bận" if late else "",
        }

    def _known(self, method: str) -> Json:
        if method == "none":
            return {}
        reason = self.chance.choice((None, "damaged", "cannot_wear", "emergency"))
        return {"reason": reason, "confirmed_by": "con gái Lan " if method == "companion" else ""}

    def _correct_vitals(self) -> tuple[Tablet, Json]:
        taken_back = self.chance.random() < 0.3
        readings = [] if taken_back else self._readings(self.hours - self.chance.choice((0, 0.2, 3)))
        return self._somebody(), {
            "corrects": self.chance.choice(self.charted), "readings": readings, "reason": "gõ nhầm",
        }  # fmt: skip

    def _set_spo2_scale(self) -> tuple[Tablet, Json]:
        return self.bed.physician, {"scale": self.chance.choice((1, 2)), "reason": "khí máu"}

    def _attach_monitor(self) -> tuple[Tablet, Json]:
        return self._somebody(), {"attached": self.chance.random() < 0.5}

    def _move_stay(self) -> tuple[Tablet, Json]:
        ward_id, places = self.chance.choice((("noi", self.bed.places), ("ngoai", self.bed.elsewhere)))
        return self.bed.nurse, {"ward_id": ward_id, "position_id": self.chance.choice(places)}

    def _somebody(self) -> Tablet:
        return self.chance.choice((self.bed.nurse, self.bed.nurse, self.bed.other_nurse, self.bed.charge_nurse))

    def _readings(self, hours: float) -> list[Json]:
        found = generated.values(self.chance, round(self.bed.at(hours).timestamp() * 1000))
        return [
            {
                "parameter": value["parameter"], "state": value["state"], "value": value["value"],
                "code": value["code"], "reason": value["reason"],
                "taken_at": datetime.fromtimestamp(value["at_ms"] / 1000, UTC),
            }
            for value in found
        ]  # fmt: skip

    async def sent(self, by: Tablet, kind: str, payload: Json) -> Step:
        held, now = await self.bed.rows(), datetime.now(UTC)
        claims = by.claims(kind, stay_id=self.bed.stay_id, recorded_at=self.bed.at(self.hours), **payload)
        answer = (await by.post([by.signed(claims)]))[0]
        if answer["answer"] == "accepted" and kind.endswith("_vitals"):
            self.charted.append(answer["id"])
        told: Json = msgspec.json.decode(msgspec.json.encode(claims))
        return Step(held, told, str(by.staff_id), now.isoformat(), answer, await self.bed.rows())


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_rows_a_preview_makes_are_the_rows_that_come_back(house: House, seed: int) -> None:
    chance = random.Random(seed)
    bed = await Bedside(house).build(**chance.choice(({}, {"birth_year": 2015}, {"birth_year": 2010})))
    past = Past(bed, chance)
    steps = [await past.step() for _ in range(STEPS)]
    asked = [step for step in steps if step.answer["answer"] == "accepted" and step.claims["kind"] != "move_stay"]
    assert len(asked) > STEPS // 2
    previews = typescript(MODULE, [("previewed", [s.claims, s.held, s.now, s.author_id]) for s in asked])
    for step, rows in zip(asked, previews, strict=True):
        wrong = _differences(rows, step)
        assert not wrong, f"seed {seed}, {step.claims['kind']} {step.claims['id']}:\n" + "\n".join(wrong)


async def test_V12_what_a_care_level_a_pregnancy_or_the_end_makes_of_the_state_is_foreseen(bed: Bedside) -> None:
    past = Past(bed, random.Random(7))
    past.hours = 29.2
    await bed.charted(29.2, WELL)
    steps = []
    for by, kind, payload in (
        (bed.physician, "set_care_level", {"care_level": 1}),
        (bed.nurse, "record_pregnancy", {"pregnancy": "yes"}),
        (bed.physician, "discharge_stay", {"way": "home", "discharged_at": bed.at(29.7)}),
    ):
        past.hours += 0.2
        steps.append(await past.sent(by, kind, payload))
    asked = [("judged_again", [s.claims, s.held, s.after, s.now]) for s in steps]
    for step, rows in zip(steps, typescript(MODULE, asked), strict=True):
        assert step.answer["answer"] == "accepted"
        assert not _differences(rows, step), step.claims["kind"]


def _differences(previewed: list[Json], step: Step) -> list[str]:
    """Each previewed row that came back otherwise, and each row that changed and was not foreseen."""
    before, after = ({(row["type"], row["key"]): row for row in rows} for rows in (step.held, step.after))
    foreseen = {(row["type"], row["key"]): row for row in previewed}
    wrong = [
        f"{name}: preview {_plain(row)}\nserver  {_plain(after.get(name, {}))}"
        for name, row in foreseen.items()
        if _plain(row) != _plain(after.get(name, {}))
    ]
    ours = {name for name in after if name[0] in ("observation_set", "vitals_state")}
    unforeseen = [f"{name} changed" for name in ours - foreseen.keys() if before.get(name) != after[name]]
    return wrong + unforeseen


def _plain(value: Any) -> Any:
    """Without what only the server can say; every instant as milliseconds."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in sorted(value.items()) if name not in SERVER_SAYS}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, str) and INSTANT.fullmatch(value):
        return (datetime.fromisoformat(value) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return value
