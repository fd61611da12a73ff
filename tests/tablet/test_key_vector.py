"""The vector both languages open: the data key under a PIN (docs/sync.md D4)."""

import json
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend.identity.secrets import from_base64url, wrapped_for

VECTOR = json.loads((Path(__file__).parents[1] / "vectors" / "identity" / "data_key.json").read_text())


def test_the_server_opens_and_makes_what_the_vector_says() -> None:
    wrap, key = VECTOR["wrap"], from_base64url(VECTOR["stretched"])
    purpose = f"bedside-data-key:{VECTOR['device_id']}:{wrap['staff_id']}".encode()
    opened = AESGCM(key).decrypt(from_base64url(wrap["nonce"]), from_base64url(wrap["wrapped"]), purpose)
    assert opened == from_base64url(VECTOR["data_key"])
    device_id, staff_id = UUID(VECTOR["device_id"]), UUID(wrap["staff_id"])
    nonce, wrapped = wrapped_for(staff_id, device_id, key, opened)
    assert AESGCM(key).decrypt(from_base64url(nonce), from_base64url(wrapped), purpose) == opened
