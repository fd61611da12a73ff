"""A small ward for the patients' tests: two places, people of each role, and looks into the rows."""

from typing import Any
from uuid import UUID, uuid4

from backend.core.access import Role
from tests.house.house import House
from tests.house.replica import differences
from tests.house.tablet import Tablet

WARDS = ("noi", "ngoai")


class Ward:
    """Ward `noi` with a patient on its first place; `ngoai` beside it."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.places: list[UUID] = []
        self.elsewhere: list[UUID] = []
        self.people: dict[Role, Tablet] = {}
        self.stay_id = uuid4()

    async def open(self, **details: Any) -> "Ward":
        """Opens both wards and admits one patient."""
        self.places = await self.house.add_ward("noi", positions=3)
        self.elsewhere = await self.house.add_ward("ngoai", positions=2)
        self.stay_id = await self.house.admit("noi", self.places[0], **details)
        return self

    async def by(self, role: Role, wards: tuple[str, ...] = ("noi",)) -> Tablet:
        """The tablet of one person of this role."""
        if role not in self.people:
            self.people[role] = await self.house.tablet(role, wards, role.value)
        return self.people[role]

    async def rows(self, kind: str, log: str = "noi") -> list[dict[str, Any]]:
        """The rows of one type that the log shows now."""
        return [row for row in (await self.house.snapshot(log))["rows"] if row["type"] == kind]

    async def patient(self, log: str = "noi") -> dict[str, Any]:
        """The one patient of the log."""
        (row,) = await self.rows("patient", log)
        return row

    async def band(self, code: str) -> str:
        """The state of this band."""
        (row,) = [row for row in await self.rows("wristband") if row["key"] == code]
        state: str = row["state"]
        return state

    async def follows(self, act: Any, *logs: str) -> Any:
        """The answer to this act; every log's lines bring a replica to a fresh snapshot."""
        replicas = [await self.house.replica(log) for log in logs or ("noi",)]
        answer = await act
        for replica in replicas:
            await self.house.catch_up(replica)
            assert differences(replica, await self.house.snapshot(replica.log)) == []
        return answer


def rules_of(answer: dict[str, Any]) -> list[str]:
    """The rules that an accepted answer's findings name."""
    assert answer["answer"] == "accepted", answer
    return [finding["rule"] for finding in answer["findings"]]


def refused(answer: dict[str, Any]) -> str:
    """The rule of a refusal."""
    assert answer["answer"] == "refused", answer
    rule: str = answer["rule"]
    return rule
