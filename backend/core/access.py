"""Who asks and what they may: declared here, filled in by `identity`, checked by the door and the routes."""

from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol
from uuid import UUID

from msgspec import Struct


class Role(StrEnum):
    """The roles of a ward; a person has one."""

    NURSE = "nurse"
    MIDWIFE = "midwife"
    CHARGE_NURSE = "charge_nurse"
    PHYSICIAN = "physician"
    PHARMACIST = "pharmacist"
    STUDENT = "student"
    CLERK = "clerk"
    ADMINISTRATOR = "administrator"


NURSING = frozenset({Role.NURSE, Role.MIDWIFE, Role.CHARGE_NURSE})
BEDSIDE = NURSING | {Role.PHYSICIAN}
EVERYONE = frozenset(Role)


class Author(Struct, frozen=True, kw_only=True):
    """The person behind a session key, and how long that key spoke for them."""

    staff_id: UUID
    name: str
    role: Role
    wards: frozenset[str]
    disabled_at: datetime | None
    session_id: UUID
    device_id: UUID
    public_key: bytes
    """ES256 public key, DER SubjectPublicKeyInfo."""
    opened_at: datetime
    ended_at: datetime | None
    provisional: bool


class Actor(Struct, frozen=True, kw_only=True):
    """Who does the act, as the handler sees them."""

    staff_id: UUID
    name: str
    role: Role
    wards: frozenset[str]
    service: str | None = None
    """Set when the act came from a timer, an import or the installer, not from a person's key."""


class Allow(Struct, frozen=True, kw_only=True):
    """An access rule: these roles, standing in this relation to what they touch.

    `ward`: the actor works in a ward whose log the act touches; an administrator stands in relation to every
    ward, and is kept from clinical acts by the roles. `facility`: no relation needed.
    """

    roles: frozenset[Role]
    relation: Literal["ward", "facility"] = "ward"


def allowed(rule: Allow, actor: Actor, logs: frozenset[str]) -> bool:
    """Whether this actor may do it, given the logs the act touches."""
    if actor.role not in rule.roles:
        return False
    return rule.relation == "facility" or actor.role is Role.ADMINISTRATOR or bool(actor.wards & logs)


class Authenticate(Protocol):
    """How the door learns whose key signed: `identity` implements it."""

    async def author_of(self, session_id: UUID) -> Author | None: ...
