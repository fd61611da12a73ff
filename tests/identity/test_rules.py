"""The rules of docs/rules/identity.md, by number."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.access import Role
from backend.identity import rules
from backend.identity.facts import COMMON_PASSWORDS

AT = datetime(2026, 11, 24, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize(("failures", "waits"), [(1, 0), (2, 1), (3, 5), (4, 30), (5, 900), (6, 900), (100, 900)])
def test_ID1_ID2_waits(failures: int, waits: int) -> None:
    assert rules.password_wait_s(failures, AT, AT) == waits
    assert rules.password_wait_s(failures, AT, AT + timedelta(seconds=waits)) == 0
    if waits:
        assert rules.password_wait_s(failures, AT, AT + timedelta(seconds=waits - 0.5)) == 1
    assert rules.password_waits_s()[min(failures, 5) - 1] == waits


@pytest.mark.parametrize(("count", "locked"), [(0, False), (4, False), (5, True), (1000, True)])
def test_ID3_five_wrong_pins_lock(count: int, locked: bool) -> None:
    assert rules.pin_locked(count) is locked


def test_ID4_lengths_of_sessions() -> None:
    assert rules.session_expires_at("ward", AT, 12) == AT + timedelta(hours=12)
    assert rules.session_expires_at("ward", AT, 24) == AT + timedelta(hours=24)
    assert rules.session_expires_at("visitor", AT, 24) == AT + timedelta(hours=8)


@given(
    kind=st.sampled_from(["ward", "visitor"]),
    lasts=st.integers(1, 2000),
    seen=st.integers(0, 2000),
    ended=st.none() | st.integers(0, 2000),
    now=st.integers(0, 3000),
)
def test_ID4_ID5_a_session_ends_at_the_first_of_its_ends_and_not_before(
    kind: str, lasts: int, seen: int, ended: int | None, now: int
) -> None:
    def at(minutes: int) -> datetime:
        return AT + timedelta(minutes=minutes)

    found = rules.session_ended_at(
        kind=kind,  # type: ignore[arg-type]
        expires_at=at(lasts),
        last_seen_at=at(seen),
        ended_at=None if ended is None else at(ended),
        now=at(now),
    )
    ends = [at(lasts)] + ([at(seen + 15)] if kind == "visitor" else []) + ([] if ended is None else [at(ended)])
    if found is None:
        assert ended is None
        assert min(ends) > at(now)
    else:
        assert found in ends
        assert found <= at(now) or found == at(ended or 0)


@pytest.mark.parametrize(
    ("role", "wards", "device", "may"),
    [
        (Role.NURSE, {"noi"}, {"noi", "ngoai"}, True),
        (Role.NURSE, {"nhi"}, {"noi", "ngoai"}, False),
        (Role.PHYSICIAN, set(), {"noi"}, False),
        (Role.ADMINISTRATOR, set(), {"noi"}, True),
    ],
)
def test_ID6_who_works_on_a_ward_tablet(role: Role, wards: set[str], device: set[str], may: bool) -> None:
    assert rules.may_work_on(role, wards, device) is may


@pytest.mark.parametrize("pin", ["000000", "999999", "123456", "890123", "654321", "098765", "121212", "402402"])
def test_ID7_weak_pins(pin: str) -> None:
    assert rules.weak_pin(pin)


@pytest.mark.parametrize("pin", ["402816", "135792", "112233", "100000"])
def test_ID7_other_pins(pin: str) -> None:
    assert not rules.weak_pin(pin)


def test_ID7_few_pins_are_refused() -> None:
    assert 1000 < sum(rules.weak_pin(f"{n:06d}") for n in range(1_000_000)) < 1200


@pytest.mark.parametrize(
    "password", ["ngắn quá", "password", "PASSWORD1", "12345678", "aaaaaaaab", "benhvien", "Lan.Tran2026", "bedside!!"]
)
def test_ID8_weak_passwords(password: str) -> None:
    own = ["lan.tran", "Trần", "Thị", "Lan", "Bedside"]
    assert rules.weak_password(password, COMMON_PASSWORDS, own) is (password != "ngắn quá")


@pytest.mark.parametrize("password", ["trăng khuya 42", "bốn mùa thay lá", "Xk3$mw0-qq", "mưa trên phố"])
def test_ID8_other_passwords(password: str) -> None:
    assert not rules.weak_password(password, COMMON_PASSWORDS, ["lan.tran", "Trần", "", "Lan"])


def test_ID8_the_common_passwords_are_the_3000_first() -> None:
    assert len(COMMON_PASSWORDS) >= 3000
    assert all(word == word.casefold() for word in COMMON_PASSWORDS)


def test_every_number_is_written_down_and_proved() -> None:
    root = Path(__file__).parents[2]
    written = set(re.findall(r"^- \*\*(ID\d+)\*\*", (root / "docs/rules/identity.md").read_text(), re.MULTILINE))
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    proved = {number for name in re.findall(r"def test_(\w+)", tests) for number in re.findall(r"ID\d+", name)}
    assert written == proved
