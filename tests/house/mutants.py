"""Planted bugs by name: builds that must fail a proof."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Raw

from backend.core.commands import Accepted
from backend.core.door import Door

LATE_S = 0.5
_running: set[asyncio.Task[Any]] = set()


def answer_before_commit() -> None:
    """The door says `accepted` first and writes half a second later."""
    settle = Door._settle

    async def hasty(self: Door, opened: Any, raw: str, sender: Any) -> Raw:
        if opened.author is None:  # the house's own commands let people in: there must be someone to lose
            return await settle(self, opened, raw, sender)

        async def later() -> None:
            await asyncio.sleep(LATE_S)
            await settle(self, opened, raw, sender)

        task = asyncio.create_task(later())
        _running.add(task)
        task.add_done_callback(_running.discard)
        return Raw(msgspec.json.encode(Accepted(id=opened.command.id)))

    Door._settle = hasty  # type: ignore[method-assign]


MUTANTS: dict[str, Callable[[], None]] = {"answer_before_commit": answer_before_commit}
