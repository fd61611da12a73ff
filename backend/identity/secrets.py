"""What must be kept secret and how: the sealing key, the server's signing key, the recovery key, slow hashes.

Keys lie in files of mode 0600 under `<data>/secrets`. Slow work runs in two lanes of threads, and no more of it may
wait than can be done in time: browsers nobody knows never keep a nurse at the bed from signing in.
"""

import asyncio
import base64
import hashlib
import logging
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from backend.core.errors import Problem
from backend.core.settings import Settings, keep_secret, secret
from backend.trouble import Trouble

log = logging.getLogger("bedside.identity")

LEAST_MEMORY_KIB = 19_456
"""OWASP's least for argon2id with two passes."""
LEAST_PIN_ITERATIONS = 600_000
PASSES = 3
WAITING_LIMIT = 16
"""Slow hashes that may wait in one lane; beyond, 503: about two seconds of work."""
RECOVERY_PRIVATE = "recovery_private.pem"
RECOVERY_PUBLIC = "recovery_public.pem"
Returned = TypeVar("Returned")


class _Lane:
    """Threads for slow hashes, and how many wait for them."""

    def __init__(self, name: str, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=f"slow-hash-{name}")
        self.waiting = 0

    async def run(self, work: Callable[[], Returned]) -> Returned:
        """Off the event loop; raises 503 where too many wait."""
        if self.waiting >= WAITING_LIMIT:
            raise Problem(503, "busy", "Too many people are signing in at this moment; try again.", retry_after_s=2)
        self.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self.waiting -= 1

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


class Secrets:
    """One per process; every method may be called from the event loop."""

    def __init__(self, settings: Settings, sealing_key: bytes, signing_key: EllipticCurvePrivateKey,
                 recovery_key: EllipticCurvePublicKey) -> None:  # fmt: skip
        self.pin_iterations = settings.pin_iterations
        self._facility = settings.facility
        self._key_id = hashlib.sha256(b"bedside-sealing-key:" + sealing_key).digest()[:4]
        self._sealer = AESGCM(sealing_key)
        self._signing_key, self._recovery_key = signing_key, recovery_key
        self._signing_key_id = thumbprint(signing_key.public_key())
        self._hasher = PasswordHasher(time_cost=PASSES, memory_cost=settings.password_memory_kib, parallelism=1)
        self._nobody = self._hasher.hash(secrets.token_hex(16))
        self._known, self._strangers = _Lane("known", threads=2), _Lane("strangers", threads=1)

    @classmethod
    async def open(cls, settings: Settings) -> "Secrets":
        """Reads the keys, or makes them at the first start. Raises `Trouble` where hashing would be too weak."""
        weak = settings.password_memory_kib < LEAST_MEMORY_KIB or settings.pin_iterations < LEAST_PIN_ITERATIONS
        if weak and not settings.demo:
            raise Trouble(
                f"Passwords of real people need at least {LEAST_MEMORY_KIB} KiB for each hash, and PINs "
                f"{LEAST_PIN_ITERATIONS} rounds: raise password_memory_kib and pin_iterations."
            )
        return await asyncio.to_thread(cls._read, settings)

    @classmethod
    def _read(cls, settings: Settings) -> "Secrets":
        sealing_key = secret(settings.data_dir, "sealing.key", 32)
        folder = settings.data_dir / "secrets"
        return cls(settings, sealing_key, _signing_key(folder), _recovery_key(folder))

    def close(self) -> None:
        """Lets the threads go."""
        self._known.close()
        self._strangers.close()

    def seal(self, plain: bytes, purpose: str) -> bytes:
        """Encrypted under the sealing key (AES-256-GCM) for this purpose: key id, nonce, ciphertext."""
        nonce = secrets.token_bytes(12)
        return self._key_id + nonce + self._sealer.encrypt(nonce, plain, purpose.encode())

    def unseal(self, sealed: bytes, purpose: str) -> bytes:
        """What `seal` was given. A database sealed under another key is said plainly, with 503."""
        if sealed[:4] != self._key_id:
            log.error("%s was sealed under another key than <data>/secrets/sealing.key", purpose)
            raise Problem(503, "sealing_key", "This server's sealing key is not the one the database was sealed with.")
        try:
            return self._sealer.decrypt(sealed[4:16], sealed[16:], purpose.encode())
        except InvalidTag as error:
            raise RuntimeError(f"the sealed value of {purpose} was altered") from error

    async def password_hash(self, password: str) -> str:
        """argon2id, in PHC form."""
        return await self._known.run(lambda: self._hasher.hash(_composed(password)))

    async def password_is(self, password: str, kept: str | None, *, stranger: bool = False) -> bool:
        """Whether it is this one; takes the same time where there is none to compare with.

        `stranger`: asked from a browser that is no ward device, in a lane of its own.
        """

        def verify() -> bool:
            try:
                self._hasher.verify(kept or self._nobody, _composed(password))
            except (Argon2Error, InvalidHashError):
                return False
            return kept is not None

        return await (self._strangers if stranger else self._known).run(verify)

    def outdated(self, kept: str) -> bool:
        """Whether a hash was made with another cost than today's."""
        return self._hasher.check_needs_rehash(kept)

    async def stretched(self, pin: str, salt: bytes) -> bytes:
        """PBKDF2-HMAC-SHA256, 32 bytes."""
        return await self._known.run(lambda: hashlib.pbkdf2_hmac("sha256", pin.encode(), salt, self.pin_iterations))

    def certificate(self, claims: dict[str, Any]) -> str:
        """Compact JWS by this server's key: these claims were true when it was signed."""
        headers = {"kid": self._signing_key_id, "typ": "bedside-session+jwt"}
        return jwt.encode({"iss": self._facility, **claims}, self._signing_key, "ES256", headers=headers)

    def certified(self, certificate: str) -> dict[str, Any]:
        """The claims of a certificate of ours; raises `jwt.InvalidTokenError` for any other string."""
        claims: dict[str, Any] = jwt.decode(certificate, self._signing_key.public_key(), algorithms=["ES256"])
        return claims

    def for_recovery(self, data_key: bytes, device_id: UUID) -> str:
        """The data key under the hospital's recovery key (ECIES): base64url of ephemeral point, nonce, ciphertext."""
        ephemeral = generate_private_key(SECP256R1())
        point = ephemeral.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        key = _recovery_secret(ephemeral.exchange(ECDH(), self._recovery_key), point)
        nonce = secrets.token_bytes(12)
        return base64url(point + nonce + AESGCM(key).encrypt(nonce, data_key, _recovery_purpose(device_id)))


def recovered(wrapped: str, device_id: UUID, private_key_pem: bytes) -> bytes:
    """The data key out of `for_recovery`, for whoever holds the private half."""
    private = load_pem_private_key(private_key_pem, None)
    if not isinstance(private, EllipticCurvePrivateKey):
        raise ValueError("the recovery key is a P-256 key")
    data = from_base64url(wrapped)
    point, nonce, sealed = data[:65], data[65:77], data[77:]
    shared = private.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point))
    return AESGCM(_recovery_secret(shared, point)).decrypt(nonce, sealed, _recovery_purpose(device_id))


def wrapped_for(staff_id: UUID, device_id: UUID, stretched: bytes, data_key: bytes) -> tuple[str, str]:
    """(nonce, data key under a stretched PIN), base64url (docs/sync.md D4)."""
    nonce = secrets.token_bytes(12)
    purpose = f"bedside-data-key:{device_id}:{staff_id}".encode()
    return base64url(nonce), base64url(AESGCM(stretched).encrypt(nonce, data_key, purpose))


def thumbprint(key: EllipticCurvePublicKey) -> str:
    """SHA-256 of the DER SubjectPublicKeyInfo, base64url."""
    return base64url(hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest())


def base64url(data: bytes) -> str:
    """Without padding (RFC 7515)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """Raises ValueError for what is none."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _composed(password: str) -> str:
    """A letter with its marks is the same however the keyboard composed it."""
    return unicodedata.normalize("NFKC", password)


def _recovery_secret(shared: bytes, point: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=point, info=b"bedside-recovery").derive(shared)


def _recovery_purpose(device_id: UUID) -> bytes:
    return f"bedside-recovery:{device_id}".encode()


def _signing_key(folder: Path) -> EllipticCurvePrivateKey:
    """The server's own key, which certifies sessions."""
    path = folder / "server_signing.pem"
    if not path.exists():
        keep_secret(path, _pem(generate_private_key(SECP256R1())))
    key = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, EllipticCurvePrivateKey):
        raise Trouble(f"{path} is not an EC key.")
    return key


def _recovery_key(folder: Path) -> EllipticCurvePublicKey:
    """The public half. The private half is made once beside it, to be put into the safe and deleted here."""
    public, private = folder / RECOVERY_PUBLIC, folder / RECOVERY_PRIVATE
    if not public.exists():
        keep_secret(private, _pem(generate_private_key(SECP256R1())))
        half = load_pem_private_key(private.read_bytes(), None).public_key()
        keep_secret(public, half.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        log.warning("the recovery key was made: put %s into the safe and delete it here", private)
    key = load_pem_public_key(public.read_bytes())
    if not isinstance(key, EllipticCurvePublicKey):
        raise Trouble(f"{public} is not an EC key.")
    return key


def _pem(key: EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
