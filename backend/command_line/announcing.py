"""What the terminal shows once the demo is open: the address, who can sign in, where the sheet lies."""

import sys
from pathlib import Path

from backend.command_line.people import print_qr
from backend.core.settings import Settings
from backend.demo.loading import DemoHospital
from backend.local_authority import Papers
from backend.trust import trust_url

WIDE = 78


def announce_demo(settings: Settings, hospital: DemoHospital, proofs: Papers | None) -> None:
    """Everything one needs to try it, on one screen."""
    _say("", f"{settings.facility} · Bedside demo · every person and number here is invented", "═" * WIDE)
    _say(f"Open      {settings.public_url}")
    if hospital.enrolment:
        _say(f"Tablet    one-time code {hospital.enrolment.code}, or open {hospital.enrolment.url}")
        until = f"{hospital.enrolment.expires_at.astimezone():%H:%M}"
        _say(f"          until {until}; for another: ./bedside enrol-device --data {settings.data_dir} 'Nội 2' noi")
    _say(
        f"Print     {hospital.sheet}",
        "          wristbands, staff badges and beds to scan; a phone's screen works too",
        "",
    )
    _people(hospital)
    if proofs is not None:
        _say("", f"Tablets   must trust this server once: {trust_url(settings)}")
        _say("          fingerprint of its authority (SHA-256):", *_in_two(proofs.fingerprint))
        print_qr(trust_url(settings))
    _say("", "Ctrl-C ends it; nothing is lost.")


def _people(hospital: DemoHospital) -> None:
    width = max(len(person.name) for person in hospital.people)
    _say(f"{'Sign in':<{width}}  {'role':<14} {'wards':<12} {'login':<8} {'password':<18} PIN", "─" * WIDE)
    for person in hospital.people:
        wards = ", ".join(person.wards)
        known_by = f"{person.login:<8} {person.password:<18} {person.pin}"
        _say(f"{person.name:<{width}}  {person.role:<14} {wards:<12} {known_by}")


def _in_two(fingerprint: str) -> list[str]:
    half = len(fingerprint) // 2 + 1
    return [f"          {fingerprint[:half].rstrip(':')}", f"          {fingerprint[half:]}"]


def _say(*lines: str | Path) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()
