"""A tablet as the door sees one: counts, claims and signs, with a real ES256 key."""

import base64
import os
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Post = Callable[[list[str]], Awaitable[list[dict[str, Any]]]]
"""Carries signed commands to a door and brings the answers."""
WITHOUT_COUNTER = frozenset({"open_chart"})


class Device:
    """A browser: its id and its counter, shared by whoever uses it."""

    def __init__(self, device_id: UUID, wards: list[str], kind: str = "ward", cookie: str = "") -> None:
        self.device_id, self.wards, self.kind, self.cookie = device_id, wards, kind, cookie
        self.counter = 0

    def next_count(self) -> int:
        """1, 2, 3 …"""
        self.counter += 1
        return self.counter


class Key:
    """A session's key pair."""

    def __init__(self) -> None:
        self.private: EllipticCurvePrivateKey = generate_private_key(SECP256R1())

    @property
    def public_der(self) -> bytes:
        """DER SubjectPublicKeyInfo."""
        return self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, text: bytes) -> bytes:
        """r and s, 32 bytes each (RFC 7518, 3.4)."""
        r, s = decode_dss_signature(self.private.sign(text, ECDSA(SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)


class Tablet:
    """One person's session on one device."""

    def __init__(
        self, device: Device, *, staff_id: UUID, session_id: UUID, key: Key, post: Post, token: str = ""
    ) -> None:
        self.device, self.staff_id, self.session_id, self.key = device, staff_id, session_id, key
        self.post, self.token = post, token

    def claims(self, kind: str, /, **payload: Any) -> dict[str, Any]:
        """The complete claims of a new command; `payload` may also replace any of them."""
        return {
            "kind": kind,
            "v": 1,
            "id": uuid7(),
            "device": self.device.device_id,
            "session": self.session_id,
            "counter": None if kind in WITHOUT_COUNTER else self.device.next_count(),
            "recorded_at": datetime.now(UTC),
            "clock": {"offset_ms": 0, "measured_at": datetime.now(UTC)},
            "seen": [],
            "told": [],
            "app": "test",
            "rules": "test",
            **payload,
        }

    def signed(
        self, claims: dict[str, Any] | bytes, *, alg: str = "ES256", kid: str = "", key: Key | None = None
    ) -> str:
        """The compact JWS of these claims, or of these bytes as they are."""
        payload = claims if isinstance(claims, bytes) else msgspec.json.encode(claims)
        header = msgspec.json.encode({"alg": alg, "kid": kid or str(self.session_id)})
        text = f"{base64url(header)}.{base64url(payload)}"
        return f"{text}.{base64url((key or self.key).sign(text.encode()))}"

    def command(self, kind: str, /, **payload: Any) -> str:
        """A new signed command."""
        return self.signed(self.claims(kind, **payload))

    async def send(self, kind: str, /, **payload: Any) -> dict[str, Any]:
        """The door's answer to a new command."""
        return (await self.post([self.command(kind, **payload)]))[0]

    async def accepted(self, kind: str, /, **payload: Any) -> dict[str, Any]:
        """The same, where nothing but `accepted` will do."""
        answer = await self.send(kind, **payload)
        assert answer["answer"] == "accepted", f"{kind}: {answer}"
        return answer


def base64url(data: bytes) -> str:
    """Without padding (RFC 7515)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def uuid7() -> UUID:
    """RFC 9562, version 7: ordered by its millisecond."""
    number = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10))
    return UUID(int=number & ~(0xF << 76) & ~(0x3 << 62) | 7 << 76 | 2 << 62)
