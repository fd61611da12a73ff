"""The door over HTTP."""

from typing import Annotated, Any

from litestar import Request, post
from msgspec import Meta, Raw, Struct

from backend.core.door import Door, Sender

BATCH_LIMIT = 50
COMMAND_LIMIT_BYTES = 512_000


class Batch(Struct, frozen=True, forbid_unknown_fields=True):
    """Signed commands, oldest first; answered one by one in the same order."""

    commands: Annotated[list[Annotated[str, Meta(max_length=COMMAND_LIMIT_BYTES)]], Meta(min_length=1, max_length=BATCH_LIMIT)]


class Answers(Struct, frozen=True):
    """One `Answer` for each command sent."""

    answers: list[Raw]


@post("/api/commands", opt={"allow": "device"}, status_code=200)
async def post_commands(request: Request[Any, Any, Any], data: Batch, door: Door) -> Answers:
    """Takes a device's outbox. The device authorises transport; each command's own key says who did it."""
    device = request.state.device
    sender = Sender(device_id=device.device_id, wards=frozenset(device.wards))
    return Answers([await door.answer(raw, sender) for raw in data.commands])


ROUTES = [post_commands]
