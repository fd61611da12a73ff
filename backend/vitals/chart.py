"""A stay's vital signs as a handler holds them: read once, judged by the rules, kept in one statement."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from backend import wards
from backend.core.desk import Desk
from backend.patients.rules import band_finding
from backend.vitals import queries, rules
from backend.vitals.facts import FACTS
from backend.vitals.types import Identification, Reading, Score

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ChartedSet(Struct, frozen=True, kw_only=True):
    """One observation set as it was stored."""

    id: UUID
    author_id: UUID
    taken_at: datetime
    received_at: datetime
    corrects: UUID | None
    disputed: bool
    scale: int
    readings: list[Reading]


class Band(Struct, frozen=True, kw_only=True):
    """The scanned print, as the rules of patients ask about it."""

    state: str | None
    of_stay: bool
    of_patient: bool
    print_number: int | None


class Chart(Struct, frozen=True, kw_only=True):
    """A stay with its sets of 72 hours and the state they stand in."""

    stay: wards.StayForCharting
    sets: dict[UUID, ChartedSet]
    scale: int
    scale_since: datetime | None
    monitor: bool
    monitor_at: datetime | None
    """When the newest report of a monitor was made."""
    carried: rules.Carried
    known: bool
    """Whether the stay has a state yet."""
    band: Band

    @property
    def entries(self) -> list[rules.Entry]:
        """The sets as the rules see them."""
        return [entry_of(charted) for charted in self.sets.values()]

    @property
    def circumstances(self) -> rules.Circumstances:
        """What the rules need to know of the stay."""
        stay = self.stay
        return rules.Circumstances(
            person=rules.Person(
                birth_date=stay.birth_date,
                birth_year=stay.birth_year,
                age_months=stay.age_months,
                age_months_at=stay.age_months_at,
                pregnancy=stay.pregnancy,
                delivered_on=stay.delivered_on,
            ),
            care_level=stay.care_level,
            monitor=self.monitor,
            ended=stay.discharged_at is not None,
            moved_ms=ms(stay.moved_at[-1]) if stay.moved_at else None,
        )


async def read(desk: Desk, stay_id: UUID, *, corrects: UUID | None = None, code: str | None = None) -> Chart:
    """The stay's chart in two queries; with the set that is corrected, and the band that was scanned."""
    stay = await wards.stay_for_charting(desk, stay_id)
    since = desk.received_at - timedelta(hours=FACTS["history"]["hours"])
    record = await desk.connection.fetchrow(queries.HISTORY, stay_id, since, corrects, code)
    sets = msgspec.json.decode(record["sets"], type=list[ChartedSet])
    return Chart(
        stay=stay,
        sets={charted.id: charted for charted in sets},
        scale=record["spo2_scale"] or 1,
        scale_since=record["spo2_scale_since"],
        monitor=bool(record["monitor_attached"]),
        monitor_at=record["monitor_at"],
        carried=_carried(record, since),
        known=record["spo2_scale"] is not None,
        band=Band(
            state=record["band_state"],
            of_stay=record["band_stay_id"] == stay_id,
            of_patient=record["band_patient_id"] == stay.patient_id,
            print_number=record["print_number"],
        ),
    )


def _carried(record: Any, since: datetime) -> rules.Carried:
    """A last complete score from before the window stands until a newer one; within it, it is counted anew (V12)."""
    if record["last_complete"] is None:
        return rules.Carried(last_complete=None, due_ms=None)
    last = msgspec.json.decode(record["last_complete"], type=Score)
    if last.newest_at > since:
        return rules.Carried(last_complete=None, due_ms=None)
    due = record["next_due_at"]
    return rules.Carried(last_complete=result_of(last), due_ms=None if due is None else ms(due))


def find_identification(desk: Desk, chart: Chart, identification: Identification) -> None:
    """V14: what is found about how it was made sure who this is."""
    for found in rules.found_in_identification(identification.method, identification.code):
        desk.find(found.rule, found.severity, **found.detail)
    if identification.code is None:
        return
    band = chart.band
    finding = band_finding(band.state, of_stay=band.of_stay, of_patient=band.of_patient)
    if finding is not None:
        desk.find(finding[0], finding[1], print_number=band.print_number)


def entry_of(charted: ChartedSet) -> rules.Entry:
    """A stored set as the rules see it."""
    return rules.Entry(
        id=str(charted.id),
        received_ms=ms(charted.received_at),
        corrects=None if charted.corrects is None else str(charted.corrects),
        disputed=charted.disputed,
        scale=charted.scale,
        values=values_of(charted.readings),
    )


def values_of(readings: Sequence[Reading]) -> list[rules.Value]:
    """Readings as the rules see them."""
    return [
        rules.Value(
            parameter=reading.parameter,
            state=reading.state,
            value=reading.value,
            code=reading.code,
            reason=reading.reason,
            at_ms=ms(reading.taken_at),
        )
        for reading in readings
    ]


def score_of(result: rules.Result) -> Score:
    """A result with its instants as times."""
    told = msgspec.structs.asdict(result)
    oldest_ms, newest_ms = told.pop("oldest_ms"), told.pop("newest_ms")
    return Score(**told, oldest_at=instant(oldest_ms), newest_at=instant(newest_ms))


def result_of(score: Score) -> rules.Result:
    """A stored score as the rules see it."""
    told = msgspec.structs.asdict(score)
    oldest_at, newest_at = told.pop("oldest_at"), told.pop("newest_at")
    return rules.Result(**told, oldest_ms=ms(oldest_at), newest_ms=ms(newest_at))


def as_text(result: rules.Result | None) -> str | None:
    """A result as it is stored."""
    return None if result is None else msgspec.json.encode(score_of(result)).decode()


def ms(at: datetime) -> int:
    """Whole milliseconds since 1970 UTC, as a tablet counts them."""
    return (at - EPOCH) // timedelta(milliseconds=1)


def instant(at_ms: int) -> datetime:
    """The same as a time."""
    return EPOCH + timedelta(milliseconds=at_ms)
