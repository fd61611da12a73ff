"""What a thief finds in the browser's folder: no key, no token, no word about a patient (docs/sync.md D6)."""

import asyncio
import base64
from pathlib import Path

from backend.core.settings import Settings
from backend.identity import devices
from backend.identity.secrets import Secrets
from tests.browser.conftest import Open
from tests.browser.hospital import PIN
from tests.browser.screen import Screen

MARK = "dấu vết của ca trực đêm"


def forms(text: str) -> set[bytes]:
    """How a browser may write it down: UTF-8, UTF-16, base64."""
    plain = text.encode()
    return {plain, text.encode("utf-16-le"), base64.urlsafe_b64encode(plain).rstrip(b"=")}


def found(profile: Path, wanted: dict[str, set[bytes]]) -> set[str]:
    """The names of what stands anywhere in this folder."""
    seen = set()
    for path in profile.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            seen |= {name for name, ways in wanted.items() if any(way in content for way in ways)}
    return seen


async def secrets_of(screen: Screen) -> dict[str, set[bytes]]:
    """The data key of every ward device, as bytes and base64url."""
    hospital = screen.hospital
    settings = Settings(database_url="", owner_url="", data_dir=hospital.data_dir, public_url="", demo=True)
    kept = await Secrets.open(settings)
    rows = await hospital.fetch(
        "SELECT device_id, data_key_sealed AS sealed FROM device_secret WHERE data_key_sealed IS NOT NULL"
    )
    keys = [kept.unseal(row["sealed"], devices.data_key_purpose(row["device_id"])) for row in rows]
    kept.close()
    assert keys
    return {f"data key {at}": {key, base64.urlsafe_b64encode(key).rstrip(b"=")} for at, key in enumerate(keys)}


async def test_the_browsers_folder_tells_nothing(browser: Open) -> None:
    async with browser() as screen:
        await screen.enrol()
        await screen.sign_in("Nhung")
        rows = await screen.rows()
        patients = [row for row in rows if row["type"] == "patient"]
        stays = [row for row in rows if row["type"] == "stay"]
        bands = [row for row in rows if row["type"] == "wristband"]
        assert all((patients, stays, bands))
        await screen.page.evaluate("mark => localStorage.setItem('control', mark)", MARK)
        await screen.page.wait_for_timeout(3_000)
        await screen.page.keyboard.press("Escape")
        wanted = {f"name {row['key']}": forms(f"{row['middle_name']} {row['given_name']}") for row in patients}
        wanted |= {f"code {row['key']}": forms(row["patient_code"]) for row in patients}
        wanted |= {f"reason {row['key']}": forms(row["reason"]) for row in stays}
        wanted |= {f"band {row['key']}": forms(row["key"]) for row in bands}
        wanted |= {f"stay {row['key']}": forms(row["key"]) for row in stays}
        wanted |= await secrets_of(screen)
        wanted["pkcs8"] = {b"MIGHAgEAMBMGByqGSM49", bytes.fromhex("308187020100301306072a8648ce3d0201")}
        wanted["pin"] = {f'"{PIN}"'.encode()}
        control = {"control": forms(MARK), "staff name": forms("Nhung")}
        profile = screen.profile
        await screen.context.close()
        await asyncio.sleep(0.5)
        assert found(profile, control) == set(control), "the search finds what is there"
        assert found(profile, wanted) == set()


async def test_an_idle_tablet_locks_and_leaves_no_word_about_a_patient(browser: Open) -> None:
    """Nobody touches it for two minutes of its clock."""
    async with browser() as screen:
        await screen.page.clock.install()
        await screen.enrol()
        await screen.sign_in("Nhung")
        patients = [row for row in await screen.rows() if row["type"] == "patient"]
        names = sorted({row["given_name"] for row in patients if len(row["given_name"]) > 2})
        shows_one = "names => names.some(name => document.body.innerText.includes(name))"
        await screen.page.wait_for_function(shows_one, arg=names)
        staff = [row["given_name"] for row in await screen.rows("facility") if row["type"] == "staff"]
        for _ in range(13):
            await screen.page.clock.run_for(10_000)
        await screen.is_locked()
        shown = await screen.page.content()
        words = [name for name in names if name not in staff] + [row["patient_code"] for row in patients]
        assert words
        assert [word for word in words if word in shown] == []
