"""What a handler is given, and how handlers are registered with their access rule."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from backend.core.access import Actor, Allow
from backend.core.commands import Command, Finding, Refusal, Severity
from backend.core.rows import Connection, RowKey

FACILITY = "facility"


class Scope(Struct, frozen=True):
    """What a command touches, read off its payload: the door locks these logs before anything is read."""

    stays: tuple[UUID, ...] = ()
    logs: tuple[str, ...] = ()
    patients_of: tuple[UUID, ...] = ()
    """Stays whose patient's own row changes: every log that holds a stay of theirs is locked and told."""


class StartAgain(Exception):
    """What was read a moment ago no longer holds (a race lost): roll back and run once more."""


class Desk:
    """One command's place of work: the open transaction, who asks, when, and what was touched."""

    def __init__(
        self, connection: Connection, command: Command, actor: Actor, now: datetime, received_at: datetime
    ) -> None:
        self.connection = connection
        self.command = command
        self.actor = actor
        self.now = now
        """The corrected time of the act: what rules are judged by."""
        self.received_at = received_at
        self.event = ""
        self.findings: list[Finding] = []
        self.result: dict[str, str | int | bool | None] = {}
        self.keys: set[RowKey] = set()
        self.stays: set[UUID] = set()
        self.left: set[UUID] = set()
        self.logs: frozenset[str] = frozenset()
        """The logs whose heads are locked: no row that others can see changes outside them."""

    def touch(self, row_type: str, key: UUID | str) -> None:
        """This row changed: it goes into the line."""
        self.keys.add(RowKey(row_type, str(key)))

    def touch_stay(self, stay_id: UUID) -> None:
        """Every row of this stay goes into the line (admission, a move between wards)."""
        self.stays.add(stay_id)

    def find(self, rule: str, severity: Severity, **detail: str | int | bool | None) -> None:
        """A finding on this act."""
        self.findings.append(Finding(rule=rule, severity=severity, detail=detail))

    def result_is(self, **result: str | int | bool | None) -> None:
        """What the answer tells the sender beside 'accepted'."""
        self.result.update(result)


Handler = Callable[[Any, Desk], Awaitable[Refusal | None]]


class Handling(Struct, frozen=True, kw_only=True):
    """One command's handler with its rule, scope and event."""

    command: type[Command]
    handler: Handler
    allow: Allow
    scope: Callable[[Any], Scope]
    event: str
    own_chain: bool = False
    """Audited on the device's own chain, with no line in any log (reads)."""
    follows: bool = False
    """Runs after another feature's handler of this command; its rule, scope and event are that handler's."""


class Handlers:
    """A feature's handlers, filled by decorators in its handlers.py."""

    def __init__(self) -> None:
        self.all: list[Handling] = []

    def handles(
        self,
        command: type[Command],
        *,
        allow: Allow,
        scope: Callable[[Any], Scope],
        event: str,
        own_chain: bool = False,
    ) -> Callable[[Handler], Handler]:
        """Registers the decorated function for this command. Without an access rule there is no handler."""

        def register(handler: Handler) -> Handler:
            self.all.append(
                Handling(command=command, handler=handler, allow=allow, scope=scope, event=event, own_chain=own_chain)
            )
            return handler

        return register

    def follows(self, command: type[Command]) -> Callable[[Handler], Handler]:
        """Registers the decorated function to run after this command's own handler, in the same transaction.

        So a feature keeps its projection true when something below it on the ladder changes.
        """

        def register(handler: Handler) -> Handler:
            nobody = Allow(roles=frozenset())
            self.all.append(
                Handling(command=command, handler=handler, allow=nobody, scope=of_facility, event="", follows=True)
            )
            return handler

        return register


def of_stay(command: Any) -> Scope:
    """The logs that carry `command.stay_id`."""
    return Scope(stays=(command.stay_id,))


def of_patient(command: Any) -> Scope:
    """The logs that carry `command.stay_id`, and those that carry another stay of the same patient."""
    return Scope(stays=(command.stay_id,), patients_of=(command.stay_id,))


def of_facility(_: Any) -> Scope:
    """What all wards share."""
    return Scope(logs=(FACILITY,))


def by_command(handlings: Iterable[Handling]) -> dict[type[Command], Handling]:
    """One handling per command, with what follows it; two handlers are a mistake found at start-up."""
    found: dict[type[Command], Handling] = {}
    followers: dict[type[Command], list[Handler]] = {}
    for handling in handlings:
        if handling.follows:
            followers.setdefault(handling.command, []).append(handling.handler)
        elif handling.command in found:
            raise RuntimeError(f"{handling.command.__name__} has two handlers")
        else:
            found[handling.command] = handling
    for command, handlers in followers.items():
        if command not in found:
            raise RuntimeError(f"{command.__name__} is followed but has no handler")
        found[command] = replace(found[command], handler=_followed(found[command].handler, handlers))
    return found


def _followed(first: Handler, followers: list[Handler]) -> Handler:
    async def handler(command: Any, desk: Desk) -> Refusal | None:
        refusal = await first(command, desk)
        if refusal is None:
            for follower in followers:
                await follower(command, desk)
        return refusal

    return handler
