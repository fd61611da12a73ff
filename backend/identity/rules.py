"""What the identity feature decides: waits after wrong secrets, how long a session lasts, who works where.

Numbers (ID1 …) stand in docs/rules/identity.md.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from backend.core.access import Role

WAITS_S = (0, 0, 1, 5, 30)
"""ID1. Seconds to wait before attempt 1, 2, 3, 4, 5; there is no sixth."""
LOCK_AFTER = len(WAITS_S)
PASSWORD_LOCK_S = 900
"""ID2. A locked password opens again after this; a locked PIN only by badge and password."""
VISITOR_IDLE = timedelta(minutes=15)
VISITOR_HOURS = 8
VISITOR_DEVICE_DAYS = 30
"""A visitor's browser is forgotten after this."""
KEYRING_DAYS = 7
ENROLMENT_MINUTES = 15
ONE_TIME_HOURS = 72
"""A one-time password must be used within this."""
BADGE_PRINT_HOURS = 24
"""A badge can be printed this long after it was issued."""
PASSWORD_LEAST = 8


def password_wait_s(failures: int, last_at: datetime, now: datetime) -> int:
    """ID1, ID2. Whole seconds until the next password may be tried; 0 is now."""
    wait = WAITS_S[failures] if failures < LOCK_AFTER else PASSWORD_LOCK_S
    left = (last_at + timedelta(seconds=wait) - now).total_seconds()
    return max(0, -int(-left // 1))


def password_waits_s() -> list[int]:
    """ID1, ID2. Seconds to wait after 1, 2, 3, 4, 5 failures; the last also after more."""
    return [*WAITS_S[1:], PASSWORD_LOCK_S]


def pin_locked(failures: int) -> bool:
    """ID3. Whether so many wrong PINs lock this person on this device."""
    return failures >= LOCK_AFTER


def session_expires_at(kind: Literal["ward", "visitor"], opened_at: datetime, duty_hours: int) -> datetime:
    """ID4. 12 h, or 24 h for a 24 h duty, on a ward device; 8 h for a visitor."""
    return opened_at + timedelta(hours=duty_hours if kind == "ward" else VISITOR_HOURS)


def session_ended_at(
    *,
    kind: Literal["ward", "visitor"],
    expires_at: datetime,
    last_seen_at: datetime,
    ended_at: datetime | None,
    now: datetime,
) -> datetime | None:
    """ID4, ID5. Since when the session speaks for its person no more; None while it does.

    Acts done before that instant stay theirs whenever they arrive.
    """
    ends = [expires_at] if kind == "ward" else [expires_at, last_seen_at + VISITOR_IDLE]
    passed = [end for end in ends if end <= now]
    return min([*passed, *([ended_at] if ended_at is not None else [])], default=None)


def may_work_on(role: Role, wards: Iterable[str], device_wards: Iterable[str]) -> bool:
    """ID6. A ward device takes the staff of its wards, and administrators."""
    return role is Role.ADMINISTRATOR or not set(wards).isdisjoint(device_wards)


def weak_pin(pin: str) -> bool:
    """ID7. 000000, 123456, 654321 and their like: what a thief tries first."""
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    return steps in ({0}, {1}, {9}) or pin[:3] == pin[3:] or pin[:2] * 3 == pin


def weak_password(password: str, common: frozenset[str], own_words: Iterable[str]) -> bool:
    """ID8. Too short, among the common, few letters repeated, or made of one's own name or login."""
    text = password.casefold()
    if len(password) < PASSWORD_LEAST or text in common or len(set(text)) < 4:
        return True
    bare = text.strip("0123456789!@#$%^&*._- ")
    return any(bare == word.casefold() for word in own_words if word)
