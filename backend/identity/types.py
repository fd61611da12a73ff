"""Staff, devices and sessions: commands, rows and what the sign-in routes exchange."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from backend.core.access import Role
from backend.core.commands import LogId, Request, Text, Word

Name = Annotated[str, Meta(max_length=80)]
Pin = Annotated[str, Meta(pattern=r"^[0-9]{6}$")]
Password = Annotated[str, Meta(min_length=8, max_length=200)]
PublicKey = Annotated[str, Meta(max_length=200)]
"""ES256 public key, DER SubjectPublicKeyInfo in base64url without padding."""


class AddStaff(Request, frozen=True, kw_only=True):
    """A new member of staff. Password and PIN are set apart: secrets are no part of the record."""

    staff_id: UUID
    family_name: Name
    middle_name: Name = ""
    given_name: Word
    role: Role
    wards: list[LogId]
    login: Word
    """What she types at a desktop where no badge can be scanned."""


class ChangeStaff(Request, frozen=True, kw_only=True):
    """Another name, role or set of wards."""

    staff_id: UUID
    family_name: Name
    middle_name: Name = ""
    given_name: Word
    role: Role
    wards: list[LogId]


class IssueBadge(Request, frozen=True, kw_only=True):
    """A new badge; the one before stops working. The answer's result carries the code to print."""

    staff_id: UUID
    reason: Literal["first", "lost", "damaged", "stolen"]


class DisableStaff(Request, frozen=True, kw_only=True):
    """A leaver, or someone suspended: no new session; what they charted before stays theirs."""

    staff_id: UUID
    reason: Text


class EnableStaff(Request, frozen=True, kw_only=True):
    """Back again."""

    staff_id: UUID
    reason: Text


class RevokeDevice(Request, frozen=True, kw_only=True):
    """A lost, broken or retired device: its credential and its wrapped keys stop working."""

    device_id: UUID
    reason: Literal["lost", "stolen", "broken", "retired"]


class EnrolDevice(Request, frozen=True, kw_only=True):
    """A browser becomes a device. Only the house itself sends it, after a one-time code or a visitor's password."""

    device_id: UUID
    device_kind: Literal["ward", "visitor"]
    name: Word
    wards: list[LogId]
    owner_id: UUID | None = None
    """The visitor's person."""


class StaffRow(Struct, frozen=True, kw_only=True, tag_field="type", tag="staff"):
    """A member of staff as every device knows them (facility log)."""

    key: UUID
    stay_id: UUID | None
    command_id: UUID | None
    keep_until: datetime | None
    family_name: str
    middle_name: str
    given_name: str
    role: Role
    wards: list[str]
    login: str
    badge_hash: str | None
    """SHA-256 (hex) of the live badge's 33 digits: enough to know a badge, not to print one."""
    disabled_at: datetime | None


class DeviceRow(Struct, frozen=True, kw_only=True, tag_field="type", tag="device"):
    """A browser that may send commands (facility log)."""

    key: UUID
    stay_id: UUID | None
    command_id: UUID | None
    keep_until: datetime | None
    kind: Literal["ward", "visitor"]
    name: str
    wards: list[str]
    enrolled_at: datetime
    revoked_at: datetime | None
    revoke_reason: str | None


class OpenEnrolment(Struct, frozen=True, forbid_unknown_fields=True):
    """An administrator asks for a one-time code for one ward device."""

    name: Word
    wards: Annotated[list[LogId], Meta(min_length=1, max_length=20)]


class Enrolment(Struct, frozen=True):
    """The one-time code; `url` is what the QR shows."""

    code: str
    url: str
    expires_at: datetime
    modules: list[str]
    """The QR of `url`, row by row, "1" dark and "0" light, without a quiet zone."""


class Enrol(Struct, frozen=True, forbid_unknown_fields=True):
    """A browser becomes the ward device the code was made for."""

    code: Word


class DeviceSelf(Struct, frozen=True, kw_only=True):
    """What a device knows of itself."""

    device_id: UUID
    kind: Literal["ward", "visitor"]
    name: str
    wards: list[str]
    counter: int
    """The highest command counter the server holds from it."""


class SignIn(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Badge (or login, or a name chosen from the list) + password. The key pair was made by the browser."""

    badge: Annotated[str, Meta(max_length=40)] | None = None
    login: Word | None = None
    staff_id: UUID | None = None
    password: Annotated[str, Meta(max_length=200)]
    public_key: PublicKey
    duty_hours: Literal[12, 24] = 12


class PinStretch(Struct, frozen=True, kw_only=True):
    """How a PIN becomes a key: PBKDF2-HMAC-SHA256, 32 bytes."""

    salt: str
    """base64url, 16 bytes"""
    iterations: int


class WrappedKey(Struct, frozen=True, kw_only=True):
    """The device's data key under one person's stretched PIN: AES-256-GCM, base64url."""

    staff_id: UUID
    stretch: PinStretch
    nonce: str
    wrapped: str
    """Additional data: the ASCII text `bedside-data-key:<device_id>:<staff_id>`."""
    expires_at: datetime
    """7 days after the last contact."""


class Keyring(Struct, frozen=True, kw_only=True):
    """Every wrap this ward device may hold, and the one for the hospital's recovery key."""

    device_id: UUID
    keys: list[WrappedKey]
    recovery: str
    """The data key under the recovery public key (ECIES P-256 + AES-256-GCM), base64url; opaque to the device."""


class SessionOpened(Struct, frozen=True, kw_only=True):
    """A session. `token` authorises this person's reads; it and `data_key` live in memory only."""

    session_id: UUID
    staff_id: UUID
    token: str
    opened_at: datetime
    expires_at: datetime
    certificate: str
    """Compact JWS by the server: session, staff, device, public key, times. Travels with a re-offer."""
    device: DeviceSelf
    data_key: str | None
    """32 bytes base64url; ward devices only."""
    pin_secret: str | None
    """Her stretched PIN, so that the signing key can be wrapped without asking the PIN; None until she has one."""
    stretch: PinStretch | None
    keyring: Keyring | None
    must_change_password: bool
    must_set_pin: bool


class PinFailures(Struct, frozen=True, forbid_unknown_fields=True):
    """Wrong PINs counted on the tablet, told to the server when it is there."""

    staff_id: UUID
    count: Annotated[int, Meta(ge=0, le=1000)]


class SetSecret(Struct, frozen=True, forbid_unknown_fields=True):
    """One's own new password and/or PIN, proved by the present password."""

    present_password: Annotated[str, Meta(max_length=200)]
    password: Password | None = None
    pin: Pin | None = None


class OneTimePassword(Struct, frozen=True):
    """What an administrator's reset brings: to be told to the person, changed at first use."""

    password: str


class SecretsKept(Struct, frozen=True, kw_only=True):
    """After `SetSecret`: what a ward device needs to unlock by the new PIN; all None elsewhere."""

    stretch: PinStretch | None
    pin_secret: str | None
    keyring: Keyring | None


class SessionInfo(Struct, frozen=True, kw_only=True):
    """One open session, as its person or an administrator sees it."""

    session_id: UUID
    device_id: UUID
    device_name: str
    device_kind: Literal["ward", "visitor"]
    opened_at: datetime
    expires_at: datetime
    current: bool
    """It is the one that asks."""


class SessionList(Struct, frozen=True):
    """Newest first."""

    sessions: list[SessionInfo]


class Hello(Struct, frozen=True, kw_only=True):
    """What a browser is told before anything else (docs/sync.md D1)."""

    now: datetime
    epoch: str
    schema: int
    facility: str
    demo: bool
    device: DeviceSelf | None
    app: str
    """The build of the tablet app served here; empty where none is built."""
