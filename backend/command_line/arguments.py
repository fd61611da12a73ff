"""The words of `./bedside`; Python's own library only, because the launcher reads it before anything is installed."""

import argparse
import os
import shutil
from pathlib import Path

PORT = 8500
HANDING_ON = ("test", "bench")

STORY = """\
Bedside: the electronic medical record at the bed.

  ./bedside demo            a living hospital on this machine; everything in it is invented
  ./bedside demo --lan      the same for real tablets in this room, over HTTPS
  ./bedside test            everything that is checked, browser tests included
"""

AFTERWORD = """\
Each word has its own help: ./bedside serve --help
The records lie outside this folder: {home} (another place with --data DIR).
DATABASE_URL, where set, names a PostgreSQL 15 or newer that others look after; its user owns the tables.
"""


def default_home() -> Path:
    """Where records lie if nobody says otherwise: /var/lib/bedside for root, the user's data folder else."""
    if os.geteuid() == 0:
        return Path("/var/lib/bedside")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "bedside"


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="./bedside",
        description=STORY,
        epilog=AFTERWORD.format(home=default_home()),
        formatter_class=_Layout,
    )
    words = top.add_subparsers(dest="word", metavar="WORD", required=True, title="words")
    _demo(words)
    _serve(words)
    _people_and_devices(words)
    _for_developers(words)
    return top


class _Layout(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=19, width=min(110, shutil.get_terminal_size().columns - 2))


def parsed(words: list[str]) -> argparse.Namespace:
    """What these words mean; what follows `test` or `bench` belongs to them, dashes and all."""
    handed_on = words[1:] if words and words[0] in HANDING_ON and not {"-h", "--help"} & set(words) else []
    told = parser().parse_args(words[: len(words) - len(handed_on)])
    told.handed_on = handed_on
    return told


def data_dir(arguments: argparse.Namespace) -> Path:
    """The data folder these arguments mean."""
    if arguments.data is not None:
        return Path(arguments.data).expanduser().absolute()
    if arguments.word == "demo" or getattr(arguments, "demo", False):
        return default_home() / ("demo-lan" if getattr(arguments, "lan", False) else "demo")
    return default_home() / "ward"


def kept(data_dir: Path, name: str, given: str | None = None) -> str | None:
    """A word of the installation's (its name, its address), kept in its folder from when it was last given."""
    path = data_dir / name
    if given:
        data_dir.mkdir(parents=True, exist_ok=True)
        path.write_text(given + "\n", encoding="utf-8")
    return path.read_text(encoding="utf-8").strip() if path.exists() else None


def _demo(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    demo = _word(
        words,
        "demo",
        "a hospital with two wards, 48 invented patients and 12 staff; prints who can sign in",
        "Starts the database, fills it with an invented hospital if it is empty, and serves it until Ctrl-C.",
    )
    _where(demo)
    demo.add_argument(
        "--lan",
        action="store_true",
        help="serve HTTPS to tablets in this network, with a local authority, fresh PINs and fresh passwords",
    )
    demo.add_argument("--new", action="store_true", help="take away what was charted in the demo and begin again")
    demo.add_argument(
        "--address", action="append", default=[], metavar="IP", help="with --lan: this machine's address, if not found"
    )


def _serve(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    serve = _word(
        words,
        "serve",
        "serve a hospital's own records",
        "Starts the database where DATABASE_URL does not name one, migrates, and serves until Ctrl-C or SIGTERM.",
    )
    _where(serve)
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    serve.add_argument("--public-url", metavar="URL", help="how tablets reach this server, if a proxy stands before it")
    serve.add_argument("--facility", metavar="NAME", help="the hospital's name as printed and shown; kept once given")
    serve.add_argument("--certificate", metavar="FILE", help="serve HTTPS with this certificate chain (PEM)")
    serve.add_argument("--key", metavar="FILE", help="the certificate's private key (PEM)")
    serve.add_argument(
        "--behind-proxy",
        action="store_true",
        help="a proxy ends TLS: believe the X-Forwarded headers of this machine's",
    )
    migrate = _word(
        words,
        "migrate",
        "bring the database to the present shape",
        "Runs the migrations that have not run; serve and demo do it too.",
    )
    _data(migrate)


def _people_and_devices(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    enrol = _word(
        words,
        "enrol-device",
        "a one-time code that makes a browser a ward tablet",
        "Prints a one-time code (and its QR) with which a browser becomes a ward's tablet.",
    )
    _data(enrol)
    enrol.add_argument("name", help="what the tablet is called, for example 'Nội 1'")
    enrol.add_argument("wards", nargs="+", metavar="ward", help="the wards whose records it carries, by id")
    staff = _word(
        words,
        "add-staff",
        "a person who may sign in; the first administrator is made here",
        "Adds a person and prints the one-time password, the PIN and the badge's code.",
    )
    _data(staff)
    staff.add_argument("login", help="what they type to sign in")
    staff.add_argument("name", help="the full name, family name first: 'Lê Hồng Nhung'")
    staff.add_argument("--role", default="administrator", help="nurse, midwife, charge_nurse … (default: %(default)s)")
    staff.add_argument("--ward", action="append", default=[], metavar="ID", help="a ward they work in; may be repeated")


def _for_developers(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    _word(
        words,
        "test",
        "everything: check, then all tests, browser tests included",
        "Runs check, then every test. Other arguments go to pytest: ./bedside test tests/vitals -k score",
    )
    _word(
        words,
        "check",
        "format, lint, types in both languages, imports, generated files, locks",
        "Checks what can be checked without running anything.",
    )
    _word(
        words,
        "generate",
        "make the tablet's generated files from the server's types",
        "Writes pwa/src/generated from the server's types and fact tables.",
    )
    _word(
        words,
        "bench",
        "measure the figures beside their floors",
        "Measures on a real server, database and browser, and writes the figures. Arguments go to the bench.",
    )
    lock = _word(
        words,
        "lock",
        "write the lock files anew",
        "Resolves requirements*.in into hashed lock files without addresses, and the tablet app's lock.",
    )
    lock.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")


def _word(
    words: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, short: str, long: str
) -> argparse.ArgumentParser:
    return words.add_parser(name, help=short, description=long, formatter_class=_Layout)


def _where(word: argparse.ArgumentParser) -> None:
    _data(word, offer_demo=False)
    word.add_argument("--port", type=_port, default=PORT, help="port to listen on (default: %(default)s)")


def _data(word: argparse.ArgumentParser, *, offer_demo: bool = True) -> None:
    word.add_argument("--data", metavar="DIR", help="the folder with the records")
    if offer_demo:
        word.add_argument("--demo", action="store_true", help="the demo hospital's folder")


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text} is no port (1 to 65535)")
    return int(text)
