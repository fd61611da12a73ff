"""Where the process begins: the words of the command line, and one clear sentence where they cannot be done."""

import errno
import sys
from importlib import import_module

from backend.command_line import arguments
from backend.trouble import Trouble

WORDS = {
    "demo": "demonstrating.demo",
    "serve": "serving.serve",
    "migrate": "people.migrate",
    "enrol-device": "people.enrol_device",
    "add-staff": "people.add_staff",
    "test": "checking.test",
    "check": "checking.check",
    "generate": "checking.generate",
    "bench": "checking.bench",
    "lock": "checking.lock",
}
"""Read when asked for, so that a word works while another's rooms are being rebuilt."""
CANNOT = 2
INTERRUPTED = 130
FULL = {errno.ENOSPC, errno.EDQUOT}


def main(words: list[str]) -> int:
    """Does what was asked; returns the exit code: 0 done, 1 found wanting, 2 could not be done."""
    told = arguments.parsed(words)
    module, _, name = WORDS[told.word].partition(".")
    try:
        code: int = getattr(import_module(f"backend.command_line.{module}"), name)(told)
    except Trouble as trouble:
        return _refuse(str(trouble))
    except BaseExceptionGroup as group:
        troubles = group.subgroup(Trouble)
        if troubles is None:
            raise
        return _refuse(str(_first(troubles)))
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        if error.errno not in FULL:
            raise
        return _refuse(f"The disk is full ({error.filename or 'a file could not be written'}): make room, start again.")
    return code


def _first(group: BaseExceptionGroup[Trouble]) -> BaseException:
    """Where several tasks failed at once, one sentence is enough."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"bedside: {sentence}\n")
    return CANNOT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
