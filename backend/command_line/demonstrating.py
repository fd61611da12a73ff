"""`demo`: an invented hospital, filled at the first start, for this machine or for the tablets in this room."""

import asyncio
import json
from argparse import Namespace
from pathlib import Path
from socket import gethostname

import asyncpg

from backend import postgres
from backend.app import create_app
from backend.command_line import arguments, queries
from backend.command_line.addresses import local_addresses
from backend.command_line.announcing import announce_demo
from backend.command_line.journal import open_journal
from backend.command_line.listening import Served, Tls, run
from backend.command_line.serving import database_for, ending_cleanly, marked, taken
from backend.core.migrating import migrate
from backend.core.settings import Settings
from backend.demo.loading import load
from backend.local_authority import Papers, papers
from backend.trouble import Trouble
from backend.trust import trust_app

DEMO_MEMORY_KIB = 19_456
"""Of one password hash: on a laptop two people sign in at once, not two hundred."""
HOSPITAL = Path(__file__).parent.parent / "demo" / "data" / "hospital.json"


def demo(told: Namespace) -> int:
    """An invented hospital on this machine, or with --lan on this network."""
    data_dir = arguments.data_dir(told)
    open_journal(plain=True)
    host = "0.0.0.0" if told.lan else "127.0.0.1"
    with ending_cleanly(), taken(told, host) as listeners, database_for(data_dir) as database:
        asyncio.run(migrate(database.owner_url))
        if told.new:
            asyncio.run(_begin_again(database))
        proofs = _papers(told, data_dir) if told.lan else None
        settings = _demo_settings(told, data_dir, database, proofs)
        asyncio.run(_mark(settings, fresh=told.lan))
        hospital = asyncio.run(load(settings, fresh_secrets=told.lan))
        served = [Served(app=create_app(settings), listener=listeners[0], tls=_tls(proofs))]
        if proofs is not None:
            served.append(Served(app=trust_app(settings), listener=listeners[1]))
        run(served, lambda: announce_demo(settings, hospital, proofs))
    return 0


def _papers(told: Namespace, data_dir: Path) -> Papers:
    addresses = told.address or local_addresses()
    if not addresses:
        raise Trouble("No address of this machine in a local network was found: name it with --address.")
    name = gethostname().partition(".")[0].lower()
    return papers(data_dir, addresses, [f"{name}.local", f"{name}.lan"] if name.isascii() and name else [])


def _tls(proofs: Papers | None) -> Tls | None:
    return Tls(proofs.certificate, proofs.key) if proofs else None


def _demo_settings(told: Namespace, data_dir: Path, database: postgres.Running, proofs: Papers | None) -> Settings:
    public_url = f"https://{proofs.addresses[0]}:{told.port}" if proofs else f"http://localhost:{told.port}"
    arguments.kept(data_dir, "public_url", public_url)
    return Settings(
        database_url=database.app_url,
        owner_url=database.owner_url,
        data_dir=data_dir,
        public_url=public_url,
        host="0.0.0.0" if proofs else "127.0.0.1",
        port=told.port,
        secure=proofs is not None,
        demo=True,
        facility=json.loads(HOSPITAL.read_text(encoding="utf-8"))["facility"],
        authority=proofs.authority if proofs else None,
        password_memory_kib=DEMO_MEMORY_KIB,
    )


async def _begin_again(database: postgres.Running) -> None:
    """Drops the demo's database and makes an empty one; of any other database it says no."""
    if await marked(database.owner_url) is None:
        raise Trouble("--new takes away a demo and nothing else: this database does not say that it is one.")
    await database.empty()
    await migrate(database.owner_url)


async def _mark(settings: Settings, *, fresh: bool) -> None:
    """Marks a new database as the demo's; raises `Trouble` where it holds anything else."""
    wanted = queries.FRESH if fresh else queries.FIXED
    mark = await marked(settings.owner_url)
    if mark == wanted:
        return
    if mark is not None:
        raise Trouble(
            "This demo was filled for the other kind (with or without --lan): choose another folder with --data."
        )
    connection = await asyncpg.connect(settings.owner_url, timeout=10)
    try:
        if await connection.fetchval(queries.STAFF_COUNT):
            raise Trouble("This database holds a hospital's own records: the demo needs one of its own (--data DIR).")
        await connection.execute(queries.MARK_FRESH if fresh else queries.MARK_FIXED)
    finally:
        await connection.close()
