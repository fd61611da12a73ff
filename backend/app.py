"""The only place where everything is wired: features, door, hub, routes, fences."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Request, Router, get
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.response import Response
from msgspec import Struct

from backend import tablet_app, trust
from backend.core import database, findings
from backend.core import routes as core_routes
from backend.core.clock import now
from backend.core.desk import Handling, by_command
from backend.core.door import Door
from backend.core.errors import Problem, on_http_exception, on_problem, on_unexpected
from backend.core.rows import RowKind, RowKinds
from backend.core.settings import Settings
from backend.fences import fenced
from backend.identity import handlers as identity_handlers
from backend.identity import routes as identity_routes
from backend.identity import rows as identity_rows
from backend.identity.authenticate import Sessions
from backend.identity.guards import guard, refuse_undeclared
from backend.identity.secrets import Secrets
from backend.openapi import described
from backend.patients import handlers as patients_handlers
from backend.patients import routes as patients_routes
from backend.patients import rows as patients_rows
from backend.realtime import routes as realtime_routes
from backend.realtime.hub import Hub
from backend.realtime.receipts import Receipts
from backend.vitals import handlers as vitals_handlers
from backend.vitals import rows as vitals_rows
from backend.wards import handlers as wards_handlers
from backend.wards import routes as wards_routes
from backend.wards import rows as wards_rows

HANDLINGS: tuple[Handling, ...] = (
    *identity_handlers.HANDLERS.all,
    *patients_handlers.HANDLERS.all,
    *wards_handlers.HANDLERS.all,
    *vitals_handlers.HANDLERS.all,
)
ROW_KINDS: tuple[RowKind, ...] = (
    *findings.ROW_KINDS,
    *identity_rows.ROW_KINDS,
    *patients_rows.ROW_KINDS,
    *wards_rows.ROW_KINDS,
    *vitals_rows.ROW_KINDS,
)
ROUTES: tuple[Any, ...] = (
    *core_routes.ROUTES,
    *identity_routes.ROUTES,
    *patients_routes.ROUTES,
    *wards_routes.ROUTES,
    *realtime_routes.ROUTES,
    *trust.ROUTES,
    *tablet_app.ROUTES,
)


class House(Struct, frozen=True, kw_only=True):
    """What one process shares between its requests."""

    pool: Any
    door: Door
    rows: RowKinds
    sessions: Sessions
    secrets: Secrets
    hub: Hub
    receipts: Receipts


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """Opens the pool and puts door, log and hub around it; the launcher's one-off commands use it too."""
    pool = await database.open_pool(settings.database_url)
    try:
        rows, sessions, hub = RowKinds(ROW_KINDS), Sessions(pool), Hub(pool, now)
        sessions.follow(hub)
        door = Door(pool=pool, handlings=by_command(HANDLINGS), rows=rows, authenticate=sessions, publish=hub.publish)
        yield House(
            pool=pool,
            door=door,
            rows=rows,
            sessions=sessions,
            secrets=await Secrets.open(settings),
            hub=hub,
            receipts=Receipts(pool),
        )
    finally:
        await asyncio.wait_for(pool.close(), 10)


def create_app(settings: Settings) -> Litestar:
    """The server's ASGI application."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with open_house(settings) as house:
            app.state.house = house
            running = [
                asyncio.create_task(house.hub.run()),
                asyncio.create_task(house.receipts.run()),
                asyncio.create_task(house.sessions.watch()),
            ]
            try:
                yield
            finally:
                for task in running:
                    task.cancel()
                await asyncio.gather(*running, return_exceptions=True)
                await house.receipts.write()

    app = Litestar(
        route_handlers=[*ROUTES, get_openapi],
        lifespan=[lifespan],
        guards=[guard],
        dependencies=_dependencies(settings),
        exception_handlers={
            Problem: on_problem,
            HTTPException: on_http_exception,
            Exception: on_unexpected,
        },
        logging_config=None,
        openapi_config=_openapi(),
        request_max_body_size=1_100_000,
    )
    app.state.settings = settings
    app.asgi_handler = fenced(app.asgi_handler, settings)
    refuse_undeclared(app)
    return app


def _openapi() -> OpenAPIConfig:
    """Litestar's own description, from which ours is made; the pages it brings are guarded like all others."""
    router = Router("/api/openapi", route_handlers=[], include_in_schema=False, opt={"allow": "open"})
    return OpenAPIConfig(title="Bedside", version="1", openapi_router=router, render_plugins=[JsonRenderPlugin()])


def _dependencies(settings: Settings) -> dict[str, Provide]:
    pages = tablet_app.read_pages()
    shared = {name: _of_house(name) for name in House.__struct_fields__}
    fixed: dict[str, Callable[..., Any]] = {"settings": lambda: settings, "pages": lambda: pages}
    return {name: Provide(of, sync_to_thread=False) for name, of in {**shared, **fixed}.items()}


def _of_house(name: str) -> Callable[..., Any]:
    def of(state: State) -> Any:
        return getattr(state.house, name)

    return of


@get("/api/openapi.json", opt={"allow": "open"}, include_in_schema=False)
async def get_openapi(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """This API's description, OpenAPI 3.1."""
    app: Litestar = request.app
    if "openapi" not in app.state:
        app.state.openapi = described(app, [h.command for h in HANDLINGS], [k.struct for k in ROW_KINDS])
    return Response(app.state.openapi)
