"""The launcher's part, before anyone can sign in: the first administrator, the first tablet."""

from typing import Any
from uuid import UUID, uuid4

from msgspec import Struct

from backend.core.access import Actor, Role
from backend.core.clock import now
from backend.core.door import Door
from backend.identity import devices, signing_in
from backend.identity.devices import Gatehouse, carry_out
from backend.identity.types import AddStaff, Enrolment, IssueBadge, OpenEnrolment

INSTALLER = Actor(
    staff_id=UUID(int=0), name="Installer", role=Role.ADMINISTRATOR, wards=frozenset(), service="installer"
)


class Added(Struct, frozen=True, kw_only=True):
    """A new member of staff, and what must be handed to them."""

    staff_id: UUID
    badge: str
    """33 digits, to be printed."""
    one_time_password: str
    """Works for 72 hours, for choosing one's own."""


async def add_staff(
    gatehouse: Gatehouse,
    *,
    family_name: str,
    middle_name: str,
    given_name: str,
    role: Role,
    login: str,
    wards: list[str],
) -> Added:
    """Adds a person with a badge and a one-time password. Raises `Problem` 409 (`login_taken`, `unknown_ward`)."""
    staff_id = uuid4()
    await carry_out(
        gatehouse.door,
        AddStaff(
            staff_id=staff_id, family_name=family_name, middle_name=middle_name, given_name=given_name, role=role,
            login=login, wards=wards, **service_claims(),
        ),
        INSTALLER,
    )  # fmt: skip
    badge = await issue_badge(gatehouse.door, staff_id)
    told = await signing_in.reset_password(gatehouse, staff_id, INSTALLER.staff_id)
    return Added(staff_id=staff_id, badge=badge, one_time_password=told.password)


async def issue_badge(door: Door, staff_id: UUID) -> str:
    """A first badge: its 33 digits."""
    command = IssueBadge(staff_id=staff_id, reason="first", **service_claims())
    return str((await carry_out(door, command, INSTALLER)).result["code"])


async def enrol_device(gatehouse: Gatehouse, name: str, wards: list[str]) -> Enrolment:
    """A one-time code for one ward device. Raises `Problem` 422 (`unknown_ward`)."""
    return await devices.open_enrolment(gatehouse, OpenEnrolment(name=name, wards=wards), INSTALLER)


def service_claims() -> dict[str, Any]:
    """The claims of a command that no browser sent."""
    return devices.claims(uuid4(), now())
