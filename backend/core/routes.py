"""The door and the held desk over HTTP."""

from typing import Annotated, Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, Parameter
from msgspec import Meta, Raw, Struct

from backend.core.access import Allow, Role
from backend.core.door import Door, Sender
from backend.core.held import HeldItems

BATCH_LIMIT = 50
COMMAND_LIMIT_BYTES = 512_000
ADMINISTRATORS = Allow(roles=frozenset({Role.ADMINISTRATOR}), relation="facility")
HeldId = Annotated[str, Parameter(pattern=r"^[0-9a-f]{64}$")]


class Batch(Struct, frozen=True, forbid_unknown_fields=True):
    """Signed commands, oldest first; answered one by one in the same order."""

    commands: Annotated[
        list[Annotated[str, Meta(max_length=COMMAND_LIMIT_BYTES)]], Meta(min_length=1, max_length=BATCH_LIMIT)
    ]


class Answers(Struct, frozen=True):
    """One `Answer` for each command sent."""

    answers: list[Raw]


class Dismissal(Struct, frozen=True, forbid_unknown_fields=True):
    """Why an item of the held desk can never be replayed."""

    note: Annotated[str, Meta(min_length=3, max_length=2000)]


@post("/api/commands", opt={"allow": "device"}, status_code=200)
async def post_commands(request: Request[Any, Any, Any], data: JSONBody[Batch], door: NamedDependency[Door]) -> Answers:
    """Takes a device's outbox. The device authorises transport; each command's own key says who did it."""
    device = request.state.device
    sender = Sender(device_id=device.device_id, wards=frozenset(device.wards))
    return Answers(await door.answers(data.commands, sender))


@get("/api/held", opt={"allow": ADMINISTRATORS})
async def get_held(door: NamedDependency[Door]) -> HeldItems:
    """The held desk: what the door could not read, verify or place, oldest first."""
    return await door.held.items()


@post("/api/held/{held_id:str}/replay", opt={"allow": ADMINISTRATORS}, status_code=200)
async def replay_held(request: Request[Any, Any, Any], held_id: HeldId, door: NamedDependency[Door]) -> Answers:
    """Sends it through the door again; accepted or refused takes it off the desk."""
    return Answers([await door.replay(held_id, request.state.person)])


@post("/api/held/{held_id:str}/dismiss", opt={"allow": ADMINISTRATORS}, status_code=204)
async def dismiss_held(
    request: Request[Any, Any, Any], held_id: HeldId, data: JSONBody[Dismissal], door: NamedDependency[Door]
) -> None:
    """Takes it off the desk with the reason in words; the string stays stored."""
    await door.held.dismiss(held_id, request.state.person, data.note)


ROUTES = [post_commands, get_held, replay_held, dismiss_held]
