"""What the server says while it runs: one JSON object a line for machines, a plain line for whoever watches the demo.

No value of the record goes out: an exception is told by its type and the places it passed, never by its words,
because database drivers quote the values they choke on.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType

import structlog
from asyncpg import PostgresError
from structlog.typing import EventDict, WrappedLogger

KEPT_FRAMES = 12
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def open_journal(*, plain: bool) -> None:
    """Sends every logger of this process to standard error in one form."""
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name, _at, _without_values],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _plain if plain else _json],
        keep_exc_info=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    handler.addFilter(_errors_named)
    logging.basicConfig(handlers=[handler], level=logging.WARNING if plain else logging.INFO, force=True)
    for noisy in ("uvicorn", "uvicorn.error", "uvicorn.access", "websockets", "piccolo"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _errors_named(record: logging.LogRecord) -> bool:
    """An exception among a message's arguments is told by its type as well."""
    if isinstance(record.args, tuple):
        record.args = tuple(_named(value) if isinstance(value, BaseException) else value for value in record.args)
    return True


def _at(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    event["at"] = datetime.now(UTC).isoformat(timespec="milliseconds")
    return event


def _without_values(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Replaces an exception by its type and its way through the code."""
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["error"] = _named(error)
        event["through"] = _places(error)
    return event


def _named(error: BaseException) -> str:
    if isinstance(error, PostgresError):
        return " ".join(filter(None, (type(error).__name__, error.sqlstate, getattr(error, "constraint_name", None))))
    return type(error).__name__


def _places(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-KEPT_FRAMES:]
    return [f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}" for frame in frames]


def _json(_: WrappedLogger, __: str, event: EventDict) -> str:
    return json.dumps(event, ensure_ascii=False, default=str)


def _plain(_: WrappedLogger, __: str, event: EventDict) -> str:
    said = f"{event.get('level', 'info')}: {event['event']}"
    if "error" in event:
        said += f" ({event['error']} at {event['through'][-1] if event['through'] else '?'})"
    return said
