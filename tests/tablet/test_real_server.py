"""The tablet's real core and the real server: sign in, chart, grey turns solid, the other tablet sees it."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from backend.core.access import Role
from backend.identity import installing, signing_in
from tests.house.server import PASSWORD, Server
from tests.tablet.node_tablet import NodeTablet, node_tablet

PIN = "246813"
TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")


async def staff_with_secrets(server: Server, role: Role = Role.NURSE, name: str = "Lan") -> UUID:
    """A person with password and PIN."""
    staff_id = await server.house.add_staff(role, ("noi",), name)
    await signing_in.set_secrets(await server.gatehouse(), staff_id, password=PASSWORD, pin=PIN)
    return staff_id


async def enrolled(server: Server, tablet: NodeTablet) -> None:
    """The browser becomes a ward device by a one-time code."""
    enrolment = await installing.enrol_device(await server.gatehouse(), "Máy bảng 1", ["noi"])
    assert await tablet.call("enrol", enrolment.code) == {"ok": True}


async def signed_in(server: Server, tablet: NodeTablet, staff_id: UUID) -> None:
    """By name and password, and following the ward's log."""
    assert await tablet.call("sign_in", {"staff_id": str(staff_id), "password": PASSWORD}) == {"ok": True}
    await tablet.until("freshness", "noi", sees=lambda told: told["complete"])


def a_set(stay_id: UUID, pulse: int = 88) -> dict[str, Any]:
    """One pulse taken now."""
    reading = {"parameter": "pulse", "state": "measured", "value": pulse, "code": None, "reason": None}
    taken_at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    identification = {"method": "question", "code": None}
    return {"stay_id": str(stay_id), "readings": [{**reading, "taken_at": taken_at}],
            "identification": identification, "late_reason": ""}  # fmt: skip


def instants(told: Any) -> Any:
    """The same with times as times: PostgreSQL and browsers write fractions of a second with other lengths."""
    if isinstance(told, dict):
        return {name: instants(value) for name, value in told.items()}
    if isinstance(told, list):
        return [instants(value) for value in told]
    is_time = isinstance(told, str) and TIME.fullmatch(told)
    return datetime.fromisoformat(told) if is_time else told


async def test_what_one_tablet_charts_the_other_shows(server: Server) -> None:
    positions = await server.house.add_ward()
    stay_id = await server.house.admit("noi", positions[0])
    lan, hoa = await staff_with_secrets(server), await staff_with_secrets(server, name="Hoa")
    async with node_tablet(server.url) as first, node_tablet(server.url) as second:
        assert await first.call("phase") == "unenrolled"
        await enrolled(server, first)
        await enrolled(server, second)
        await signed_in(server, first, lan)
        await signed_in(server, second, hoa)
        command_id = await first.call("report", "record_vitals", a_set(stay_id), [])
        await first.until("tick", command_id, sees=lambda tick: tick == "solid")
        for tablet in (first, second):
            found = await tablet.until("stored", "observation_set", sees=len)
            assert [row["key"] for row in found] == [command_id]
        entries = await first.call("entries")
        assert [entry["answer"]["answer"] for entry in entries] == ["accepted"]
        assert await second.until("freshness", "noi", sees=lambda told: told["complete"] and told["as_of"])


async def test_unlock_by_pin_offline_and_send_later(server: Server) -> None:
    positions = await server.house.add_ward()
    stay_id = await server.house.admit("noi", positions[0])
    lan = await staff_with_secrets(server)
    async with node_tablet(server.url) as tablet:
        await enrolled(server, tablet)
        await signed_in(server, tablet, lan)
        await tablet.call("lock")
        assert await tablet.call("phase") == "locked"
        await tablet.call("cut", True)
        wrong = await tablet.call("unlock", str(lan), "111222")
        assert wrong == {"ok": False, "code": "pin_wrong", "tries_left": 4, "retry_after_s": 0}
        assert await tablet.call("unlock", str(lan), PIN) == {"ok": True}
        ids = [await tablet.call("report", "record_vitals", a_set(stay_id, pulse), []) for pulse in (80, 81, 82)]
        assert await tablet.call("unsent") == 3
        preview = await tablet.call("rows", "observation_set")
        assert {row["key"] for row in preview} == set(ids)
        await tablet.call("cut", False)
        await tablet.call("wake", True)
        await tablet.until("unsent", sees=lambda left: left == 0)
        await tablet.until("stored", "observation_set", sees=lambda rows: len(rows) == 3)
        taken = await server.house.pool.fetch(
            "SELECT id::text, counter FROM command WHERE kind = 'record_vitals' ORDER BY received_at"
        )
        assert [(record["id"], record["counter"]) for record in taken] == list(zip(ids, (1, 2, 3), strict=True))


async def test_a_preview_is_what_the_record_then_says(server: Server) -> None:
    """What the nurse sees grey is what comes back, but for who received it and when."""
    positions = await server.house.add_ward()
    stay_id = await server.house.admit("noi", positions[0])
    lan = await staff_with_secrets(server)
    async with node_tablet(server.url) as tablet:
        await enrolled(server, tablet)
        await signed_in(server, tablet, lan)
        await tablet.call("cut", True)
        command_id = await tablet.call("report", "record_vitals", a_set(stay_id, 131), [])
        (before,) = await tablet.call("rows", "observation_set")
        await tablet.call("cut", False)
        await tablet.call("wake", True)
        await tablet.until("tick", command_id, sees=lambda tick: tick == "solid")
        (after,) = await tablet.until("stored", "observation_set", sees=len)
        same = {"key", "stay_id", "author_id", "identification", "score", "corrects", "corrected_by", "readings"}
        assert instants({name: before[name] for name in same}) == instants({name: after[name] for name in same})


async def test_server_killed_and_back(server: Server) -> None:
    positions = await server.house.add_ward()
    stay_id = await server.house.admit("noi", positions[0])
    lan = await staff_with_secrets(server)
    async with node_tablet(server.url) as tablet:
        await enrolled(server, tablet)
        await signed_in(server, tablet, lan)
        await server.kill()
        command_id = await tablet.call("report", "record_vitals", a_set(stay_id), [])
        assert await tablet.call("tick", command_id) == "grey"
        await tablet.until("freshness", "noi", sees=lambda told: told["stale"] and not told["connected"])
        await server.start()
        await tablet.until("tick", command_id, sees=lambda tick: tick == "solid", within_s=40)
        await tablet.until("freshness", "noi", sees=lambda told: told["complete"], within_s=40)
        assert len(await tablet.call("stored", "observation_set")) == 1


async def test_a_request_refused_and_a_first_pin(server: Server) -> None:
    positions = await server.house.add_ward()
    stay_id = await server.house.admit("noi", positions[0])
    staff_id = await server.house.add_staff(Role.NURSE, ("noi",), "Mai")
    await signing_in.set_secrets(await server.gatehouse(), staff_id, password=PASSWORD, pin=None)
    async with node_tablet(server.url) as tablet:
        await enrolled(server, tablet)
        await signed_in(server, tablet, staff_id)
        assert await tablet.call("must") == {"change_password": False, "set_pin": True}
        weak = await tablet.call("set_secret", {"present_password": PASSWORD, "pin": "123456"})
        assert weak == {"ok": False, "code": "weak_pin"}
        assert await tablet.call("set_secret", {"present_password": PASSWORD, "pin": PIN}) == {"ok": True}
        await tablet.call("lock")
        assert await tablet.call("unlock", str(staff_id), PIN) == {"ok": True}
        asked = {"stay_id": str(stay_id), "scale": 2, "reason": "COPD"}
        answer = await tablet.call("request", "set_spo2_scale", asked, [])
        assert (answer["answer"], answer["rule"]) == ("refused", "not_allowed")


async def test_a_visitor_follows_her_wards(server: Server) -> None:
    positions = await server.house.add_ward()
    stay_id = await server.house.admit("noi", positions[0])
    staff_id = await staff_with_secrets(server, Role.PHYSICIAN, "Bảo")
    async with node_tablet(server.url) as tablet:
        await signed_in(server, tablet, staff_id)
        assert await tablet.call("phase") == "open"
        assert (await tablet.call("person"))["role"] == "physician"
        answer = await tablet.call(
            "request", "set_spo2_scale", {"stay_id": str(stay_id), "scale": 2, "reason": "COPD"}, []
        )
        assert answer["answer"] == "accepted"
        await tablet.until("stored", "vitals_state", sees=lambda rows: rows and rows[0]["spo2_scale"] == 2)
        assert await tablet.call("sign_out") == {"ok": True}
        assert await tablet.call("phase") == "signed_out"
        assert await tablet.call("stored", "stay") == []
