"""Opens a command's signature: compact JWS, ES256, header alg and kid only (RFC 7515)."""

import base64
import binascii
import hashlib
import json
import re
from functools import lru_cache
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from msgspec import Struct

BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


class Unreadable(Exception):
    """The string cannot be taken as a command; `reason` goes on the held desk."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class JwsHeader(Struct, frozen=True, forbid_unknown_fields=True):
    alg: str
    kid: str


class Signed(Struct, frozen=True):
    """A JWS taken apart, not yet verified."""

    raw: str
    kid: str
    payload: bytes
    signing_input: bytes
    signature: bytes

    @property
    def payload_hash(self) -> bytes:
        """SHA-256 of the payload: what the command is, however often it was signed."""
        return hashlib.sha256(self.payload).digest()


def take_apart(raw: str) -> Signed:
    """Splits and decodes; raises `Unreadable` where the string is no compact ES256 JWS."""
    parts = raw.split(".")
    if len(parts) != 3 or not raw.isascii():
        raise Unreadable("not_a_jws")
    try:
        header = msgspec.json.decode(_unbase64(parts[0]), type=JwsHeader)
        payload, signature = _unbase64(parts[1]), _unbase64(parts[2])
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise Unreadable("not_a_jws") from error
    if header.alg != "ES256":
        raise Unreadable("wrong_algorithm")
    return Signed(raw, header.kid, payload, f"{parts[0]}.{parts[1]}".encode(), signature)


def verify(signed: Signed, public_key_der: bytes) -> None:
    """Raises `Unreadable("bad_signature")` unless this key signed these bytes."""
    key = _public_key(public_key_der)
    if len(signed.signature) != 64:
        raise Unreadable("bad_signature")
    r, s = (int.from_bytes(half) for half in (signed.signature[:32], signed.signature[32:]))
    try:
        key.verify(encode_dss_signature(r, s), signed.signing_input, ECDSA(SHA256()))
    except InvalidSignature as error:
        raise Unreadable("bad_signature") from error


@lru_cache(maxsize=2048)
def _public_key(der: bytes) -> EllipticCurvePublicKey:
    key = load_der_public_key(der)
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise Unreadable("bad_key")
    return key


def refuse_duplicate_keys(payload: bytes) -> None:
    """msgspec lets the last of two equal keys win; a signed act must not be open to two readings."""
    try:
        json.loads(payload, object_pairs_hook=_once)
    except RecursionError as error:
        raise Unreadable("not_json") from error
    except ValueError as error:
        raise Unreadable("duplicate_key" if isinstance(error, _Duplicate) else "not_json") from error


class _Duplicate(ValueError):
    pass


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen = dict(pairs)
    if len(seen) != len(pairs):
        raise _Duplicate
    return seen


def _unbase64(text: str) -> bytes:
    if not BASE64URL.fullmatch(text):
        raise ValueError("not base64url without padding")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
