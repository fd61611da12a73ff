"""What this installation is told from outside: addresses, folders, and the secrets it keeps in files."""

import os
import secrets
from pathlib import Path

from msgspec import Struct


class Settings(Struct, frozen=True, kw_only=True):
    """Decided once at start-up and handed down; nothing else reads flags or the environment."""

    database_url: str
    """PostgreSQL as role `bedside_app`, which serves."""
    owner_url: str
    """PostgreSQL as the owner, who migrates and nothing else."""
    data_dir: Path
    """Where the database, the secrets and what is printed lie; outside the checkout."""
    public_url: str
    """How tablets reach this server: scheme, host and port, no slash at the end."""
    host: str = "127.0.0.1"
    port: int = 8500
    secure: bool = False
    """Tablets come over TLS (ours or a proxy's): cookies are Secure and bound to this host, HSTS is sent."""
    demo: bool = False
    """The people are invented, and every screen says so."""
    facility: str = "Bedside"
    """The hospital's name, as printed and shown."""
    authority: Path | None = None
    """Certificate of the local authority (PEM) that tablets must trust first; only with --lan."""
    password_memory_kib: int = 65_536
    """Memory of one argon2id hash. Under 19,456 only where every person is invented (`demo`)."""
    pin_iterations: int = 600_000
    """Rounds of PBKDF2-SHA256 that stretch a PIN. Under 600,000 only where every person is invented (`demo`)."""


def secret(data_dir: Path, name: str, size: int = 32) -> bytes:
    """The secret of this name (random bytes, made at first use), kept in a file that only we can read."""
    folder = data_dir / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    try:
        return path.read_bytes()
    except FileNotFoundError:
        keep_secret(path, secrets.token_bytes(size))
        return path.read_bytes()


def keep_secret(path: Path, content: bytes) -> None:
    """Writes a file of mode 0600, whole or not at all. What another process put there first stays."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(unfinished, path)
        except FileExistsError:
            return
    finally:
        unfinished.unlink()
