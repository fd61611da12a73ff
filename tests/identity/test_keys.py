"""Keys in files, sealed values, slow hashes: pure of any database."""

import asyncio
import stat
from pathlib import Path
from uuid import uuid4

import jwt
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from backend.core.errors import Problem
from backend.core.settings import Settings
from backend.identity.secrets import WAITING_LIMIT, Secrets, recovered
from backend.trouble import Trouble


def _settings(folder: Path, **changes: object) -> Settings:
    known: dict[str, object] = {
        "database_url": "",
        "owner_url": "",
        "data_dir": folder,
        "public_url": "http://bedside.test",
        "demo": True,
        "password_memory_kib": 64,
        "pin_iterations": 1_000,
    }
    return Settings(**{**known, **changes})  # type: ignore[arg-type]


async def test_every_key_file_is_ours_alone(tmp_path: Path) -> None:
    await Secrets.open(_settings(tmp_path))
    files = sorted((tmp_path / "secrets").iterdir())
    assert [file.name for file in files] == [
        "recovery_private.pem",
        "recovery_public.pem",
        "sealing.key",
        "server_signing.pem",
    ]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


async def test_the_keys_stay_over_a_restart(tmp_path: Path) -> None:
    first, second = await Secrets.open(_settings(tmp_path)), await Secrets.open(_settings(tmp_path))
    assert second.unseal(first.seal(b"secret", "test"), "test") == b"secret"
    assert second.certified(first.certificate({"session": "s"}))["session"] == "s"


async def test_the_server_goes_on_when_the_recovery_key_lies_in_the_safe(tmp_path: Path) -> None:
    first = await Secrets.open(_settings(tmp_path))
    private = (tmp_path / "secrets" / "recovery_private.pem").read_bytes()
    (tmp_path / "secrets" / "recovery_private.pem").unlink()
    second, device_id = await Secrets.open(_settings(tmp_path)), uuid4()
    assert not (tmp_path / "secrets" / "recovery_private.pem").exists()
    for kept in (first, second):
        assert recovered(kept.for_recovery(b"k" * 32, device_id), device_id, private) == b"k" * 32
    with pytest.raises(InvalidTag):
        recovered(second.for_recovery(b"k" * 32, device_id), uuid4(), private)


async def test_a_database_sealed_under_another_key_is_said_plainly(tmp_path: Path) -> None:
    first, second = await Secrets.open(_settings(tmp_path / "a")), await Secrets.open(_settings(tmp_path / "b"))
    with pytest.raises(Problem) as refused:
        second.unseal(first.seal(b"secret", "test"), "test")
    assert (refused.value.status, refused.value.code) == (503, "sealing_key")


async def test_a_sealed_value_opens_for_its_purpose_only_and_not_when_altered(tmp_path: Path) -> None:
    kept = await Secrets.open(_settings(tmp_path))
    sealed = kept.seal(b"secret", "bedside-pin:1")
    with pytest.raises(RuntimeError, match="altered"):
        kept.unseal(sealed, "bedside-pin:2")
    with pytest.raises(RuntimeError, match="altered"):
        kept.unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]), "bedside-pin:1")


async def test_a_certificate_of_another_server_is_none(tmp_path: Path) -> None:
    first, second = await Secrets.open(_settings(tmp_path / "a")), await Secrets.open(_settings(tmp_path / "b"))
    with pytest.raises(jwt.InvalidTokenError):
        second.certified(first.certificate({"session": "s"}))


@pytest.mark.parametrize("weak", [{"password_memory_kib": 19_455}, {"pin_iterations": 599_999}])
async def test_real_people_are_never_served_with_cheap_hashes(tmp_path: Path, weak: dict[str, int]) -> None:
    strong: dict[str, object] = {"password_memory_kib": 19_456, "pin_iterations": 600_000, "demo": False}
    await Secrets.open(_settings(tmp_path, **strong))
    with pytest.raises(Trouble):
        await Secrets.open(_settings(tmp_path, **{**strong, **weak}))
    await Secrets.open(_settings(tmp_path, **{**strong, **weak, "demo": True}))


def test_what_ships_is_strong() -> None:
    shipped = Settings(database_url="", owner_url="", data_dir=Path(), public_url="")
    assert (shipped.password_memory_kib, shipped.pin_iterations, shipped.demo) == (65_536, 600_000, False)


async def test_passwords_are_argon2id_and_never_the_same_twice(tmp_path: Path) -> None:
    kept = await Secrets.open(_settings(tmp_path))
    first, second = await kept.password_hash("mật khẩu"), await kept.password_hash("mật khẩu")
    assert first.startswith("$argon2id$v=19$m=64,t=3,p=1$")
    assert first != second
    assert await kept.password_is("mật khẩu", first)
    assert not await kept.password_is("mật khẩu ", first)
    assert not await kept.password_is("mật khẩu", None)
    assert not await kept.password_is("mật khẩu", "rubbish")


async def test_a_stronger_cost_is_taken_up_at_the_next_sign_in(tmp_path: Path) -> None:
    cheap = await Secrets.open(_settings(tmp_path))
    dear = await Secrets.open(_settings(tmp_path, password_memory_kib=128))
    hashed = await cheap.password_hash("mật khẩu")
    assert dear.outdated(hashed)
    assert not cheap.outdated(hashed)
    assert await dear.password_is("mật khẩu", hashed)


async def test_no_more_hashes_wait_than_can_be_done_in_time(tmp_path: Path) -> None:
    kept = await Secrets.open(_settings(tmp_path))
    asked = [kept.password_is("x", None) for _ in range(WAITING_LIMIT + 10)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    busy = [answer for answer in answers if isinstance(answer, Problem)]
    assert len(busy) == 10
    assert {(problem.status, problem.members["retry_after_s"]) for problem in busy} == {(503, 2)}
    assert not await kept.password_is("x", None), "the lane is free again"


async def test_strangers_never_keep_a_nurse_from_signing_in(tmp_path: Path) -> None:
    kept = await Secrets.open(_settings(tmp_path))
    hashed = await kept.password_hash("mật khẩu")
    flood = [asyncio.create_task(kept.password_is("x", None, stranger=True)) for _ in range(200)]
    await asyncio.sleep(0)
    assert await kept.password_is("mật khẩu", hashed)
    answers = await asyncio.gather(*flood, return_exceptions=True)
    assert any(isinstance(answer, Problem) for answer in answers)


async def test_the_private_keys_are_unencrypted_pem_of_p256(tmp_path: Path) -> None:
    kept = await Secrets.open(_settings(tmp_path))
    pem = kept._signing_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    assert (tmp_path / "secrets" / "server_signing.pem").read_bytes() == pem
    assert kept._signing_key.curve.name == "secp256r1"
