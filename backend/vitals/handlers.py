"""One function per command of vital signs: read the chart, judge it by the rules, keep it, touch what changed."""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from backend.core.access import BEDSIDE, Allow, Role
from backend.core.commands import Command, Refusal
from backend.core.desk import Desk, Handlers, of_stay
from backend.patients.types import AnswerAge, ChangePatient, RecordPregnancy
from backend.vitals import chart as charts
from backend.vitals import queries, rules
from backend.vitals.chart import Chart, ChartedSet
from backend.vitals.types import AttachMonitor, CorrectVitals, Identification, Reading, RecordVitals, SetSpo2Scale
from backend.wards.types import DischargeStay, SetCareLevel

HANDLERS = Handlers()
MAY_CORRECT_OTHERS = frozenset({Role.CHARGE_NURSE, Role.PHYSICIAN})
ROW, STATE = "observation_set", "vitals_state"


@HANDLERS.handles(RecordVitals, allow=Allow(roles=BEDSIDE), scope=of_stay, event="VitalsRecorded")
async def record_vitals(command: RecordVitals, desk: Desk) -> None:
    chart = await charts.read(desk, command.stay_id, code=command.identification.code)
    charts.find_identification(desk, chart, command.identification)
    readings = _readings(desk, chart, command.readings, command.late_reason)
    newest_ms = max(charts.ms(reading.taken_at) for reading in readings)
    since_ms = None if chart.scale_since is None else charts.ms(chart.scale_since)
    charted = ChartedSet(
        id=command.id,
        author_id=desk.actor.staff_id,
        taken_at=charts.instant(newest_ms),
        received_at=desk.received_at,
        corrects=None,
        disputed=False,
        scale=rules.scale_at(chart.scale, since_ms, newest_ms),
        readings=readings,
    )
    await _keep_set(desk, chart, charted, command.identification, command.late_reason)


@HANDLERS.handles(CorrectVitals, allow=Allow(roles=BEDSIDE), scope=of_stay, event="VitalsCorrected")
async def correct_vitals(command: CorrectVitals, desk: Desk) -> None:
    chart = await charts.read(desk, command.stay_id, corrects=command.corrects)
    corrected = chart.sets.get(command.corrects)
    readings = _readings(desk, chart, command.readings, command.reason)
    disputed = corrected is not None and not _may_correct(desk, corrected)
    if corrected is None:
        desk.find("corrects_unknown", "stop", corrects=str(command.corrects))
    if disputed:
        desk.find("correction_disputed", "stop", corrects=str(command.corrects))
    newest = max((reading.taken_at for reading in readings), default=desk.now)
    charted = ChartedSet(
        id=command.id,
        author_id=desk.actor.staff_id,
        taken_at=newest if readings or corrected is None else corrected.taken_at,
        received_at=desk.received_at,
        corrects=None if corrected is None else corrected.id,
        disputed=disputed,
        scale=chart.scale if corrected is None else corrected.scale,
        readings=readings,
    )
    await _keep_set(desk, chart, charted, None, command.reason)


def _may_correct(desk: Desk, corrected: ChartedSet) -> bool:
    """V11: one's own entry at any time; another's as charge nurse or physician."""
    return corrected.author_id == desk.actor.staff_id or desk.actor.role in MAY_CORRECT_OTHERS


def _readings(desk: Desk, chart: Chart, readings: list[Reading], late_reason: str) -> list[Reading]:
    """What was charted, none of it from the future, with what is found about values and times (V1, V13, V16)."""
    if not readings:
        return []
    now_ms = charts.ms(desk.now)
    stated_ms = [charts.ms(reading.taken_at) for reading in readings]
    kept = [
        replace(reading, taken_at=charts.instant(rules.clamped(at_ms, now_ms)))
        for reading, at_ms in zip(readings, stated_ms, strict=True)
    ]
    ended = chart.stay.discharged_at
    for found in (
        *rules.found_in_values(charts.values_of(kept)),
        *rules.found_in_times(stated_ms, now_ms, late_reason),
        *rules.found_after_stay(min(max(stated_ms), now_ms), None if ended is None else charts.ms(ended)),
    ):
        desk.find(found.rule, found.severity, **found.detail)
    return kept


async def _keep_set(
    desk: Desk, chart: Chart, charted: ChartedSet, identification: Identification | None, reason: str
) -> None:
    """Scores the set, sees where the stay stands now, stores both, and touches every row that changed."""
    before = chart.entries
    entry = charts.entry_of(charted)
    entries = [*before, entry]
    score, standing = rules.score_and_standing(entry, entries, chart.circumstances, chart.carried)
    _find_late_score(desk, chart, entries, score, standing)
    _find_changed_score(desk, chart, charted, before, score)
    await desk.connection.execute(
        queries.INSERT_SET,
        *_state(desk.command, chart, chart.scale, standing),
        desk.actor.staff_id, desk.actor.name, desk.actor.role.value, charted.taken_at, desk.now, desk.received_at,
        *_identified(identification), msgspec.json.encode(charted.readings).decode(), charted.scale,
        charts.as_text(score), charted.corrects, charted.disputed, reason,
    )  # fmt: skip
    if score is not None:
        desk.result_is(total=score.total, lower_bound=score.lower_bound, band=score.band)
    desk.touch(ROW, charted.id)
    desk.touch(STATE, chart.stay.stay_id)
    corrected = chart.sets.get(charted.corrects) if charted.corrects is not None else None
    if corrected is not None:
        desk.touch(ROW, corrected.id)
        if corrected.corrects is not None:
            desk.touch(ROW, corrected.corrects)


def _identified(identification: Identification | None) -> tuple[str, str | None, str]:
    """How it was made sure who this is, why by no band, and who confirmed; a correction says what it is."""
    if identification is None:
        return "correction", None, ""
    return identification.method, identification.reason, identification.confirmed_by.strip()


def _find_late_score(
    desk: Desk, chart: Chart, entries: list[rules.Entry], score: rules.Result | None, standing: rules.Standing
) -> None:
    """V12: a score that would have called someone came late, and a newer complete one is lower."""
    if score is None or standing.latest_ms is None or score.newest_ms >= standing.latest_ms:
        return
    lower = rules.late_score(score, rules.results_of(entries, chart.circumstances))
    if lower is not None:
        desk.find("late_score", "warn", total=score.total, band=score.band, newer_total=lower.total)


def _find_changed_score(
    desk: Desk, chart: Chart, charted: ChartedSet, before: list[rules.Entry], score: rules.Result | None
) -> None:
    """V11: a correction that changes the band is for the nurse in charge to read."""
    corrected = chart.sets.get(charted.corrects) if charted.corrects is not None else None
    if corrected is None or charted.disputed:
        return
    was = rules.score_of(charts.entry_of(corrected), before, chart.circumstances)
    if was is not None and (score is None or score.band != was.band):
        now_total, now_band = (None, None) if score is None else (score.total, score.band)
        desk.find(
            "score_corrected", "warn", before_total=was.total, before_band=was.band, total=now_total, band=now_band
        )


@HANDLERS.handles(SetSpo2Scale, allow=Allow(roles=frozenset({Role.PHYSICIAN})), scope=of_stay, event="Spo2ScaleSet")
async def set_spo2_scale(command: SetSpo2Scale, desk: Desk) -> Refusal | None:
    """V15: the decision holds from now on; what was scored before keeps its scale."""
    chart = await charts.read(desk, command.stay_id)
    if chart.stay.discharged_at is not None:
        return Refusal(rule="stay_ended")
    if command.scale == chart.scale:
        return Refusal(rule="already_so", detail={"scale": chart.scale})
    if chart.scale_since is not None and desk.now <= chart.scale_since:
        return Refusal(rule="decided_since", detail={"scale": chart.scale})
    await desk.connection.execute(
        queries.INSERT_SCALE, command.id, command.stay_id, command.scale, command.reason, desk.actor.staff_id, desk.now
    )
    await _keep_state(desk, replace(chart, scale=command.scale, scale_since=desk.now))
    return None


@HANDLERS.handles(AttachMonitor, allow=Allow(roles=BEDSIDE), scope=of_stay, event="MonitorAttached")
async def attach_monitor(command: AttachMonitor, desk: Desk) -> None:
    """V9: with a monitor the emergency band is charted hourly. The newest report stands, whatever came first."""
    chart = await charts.read(desk, command.stay_id)
    if not command.attached:
        desk.event = "MonitorTakenOff"
    ended = chart.stay.discharged_at
    for found in rules.found_after_stay(charts.ms(desk.now), None if ended is None else charts.ms(ended)):
        desk.find(found.rule, found.severity, **found.detail)
    await desk.connection.execute(
        queries.INSERT_MONITOR, command.id, command.stay_id, command.attached, desk.actor.staff_id, desk.now
    )
    newest = chart.monitor_at is None or desk.now >= chart.monitor_at
    await _keep_state(desk, replace(chart, monitor=command.attached) if newest else chart)


@HANDLERS.follows(SetCareLevel)
@HANDLERS.follows(DischargeStay)
@HANDLERS.follows(RecordPregnancy)
@HANDLERS.follows(AnswerAge)
@HANDLERS.follows(ChangePatient)
async def judge_again(
    command: SetCareLevel | DischargeStay | RecordPregnancy | AnswerAge | ChangePatient, desk: Desk
) -> None:
    """V12: care level, the stay's end, age and pregnancy decide the next set and which chart is valid."""
    chart = await charts.read(desk, command.stay_id)
    if chart.known:
        await _keep_state(desk, chart)


async def _keep_state(desk: Desk, chart: Chart) -> None:
    standing = rules.standing_of(chart.entries, chart.circumstances, chart.carried)
    await desk.connection.execute(queries.KEEP_STATE, *_state(desk.command, chart, chart.scale, standing))
    desk.touch(STATE, chart.stay.stay_id)


def _state(
    command: Command, chart: Chart, scale: int, standing: rules.Standing
) -> tuple[UUID | int | bool | str | datetime | None, ...]:
    """The columns of `vitals_state`."""
    return (
        chart.stay.stay_id,
        command.id,
        scale,
        chart.scale_since,
        chart.monitor,
        charts.as_text(standing.score),
        standing.previous_total,
        charts.as_text(standing.last_complete),
        None if standing.due_ms is None else charts.instant(standing.due_ms),
        None if standing.latest_ms is None else charts.instant(standing.latest_ms),
    )
