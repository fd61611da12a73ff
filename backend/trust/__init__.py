"""The page that brings a real tablet into this network's HTTPS: what to scan, what to install, what to compare.

It is served without TLS on a port of its own (nothing on it is secret), because a tablet that does not trust the local
authority yet cannot open anything else; and over HTTPS too, so that the address is the same everywhere.
"""

from html import escape
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from litestar import Litestar, Response, get
from litestar.di import NamedDependency, Provide
from litestar.response import Redirect

from backend.core.errors import Problem, on_problem
from backend.core.settings import Settings
from backend.local_authority import fingerprint
from barcode.images import qr_svg

FOLDER = Path(__file__).parent
PAGE = Template((FOLDER / "page.html").read_text(encoding="utf-8"))
STYLE = (FOLDER / "page.css").read_text(encoding="utf-8")
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FILE_NAME = "bedside-ca.crt"


def trust_url(settings: Settings) -> str:
    """The address of the page without TLS: the server's port plus one."""
    return f"http://{urlsplit(settings.public_url).hostname}:{settings.port + 1}/trust"


def trust_app(settings: Settings) -> Litestar:
    """What the port without TLS serves: this page and nothing else."""
    return Litestar(
        route_handlers=[*ROUTES, _to_the_page],
        dependencies={"settings": Provide(lambda: settings, sync_to_thread=False)},
        exception_handlers={Problem: on_problem},
        logging_config=None,
        openapi_config=None,
        request_max_body_size=0,
    )


@get("/trust", opt={"allow": "open"}, include_in_schema=False)
async def get_trust(settings: NamedDependency[Settings]) -> Response[str]:
    """The page, Vietnamese first, then English."""
    page = PAGE.substitute(
        facility=escape(settings.facility),
        address=escape(settings.public_url),
        here=escape(trust_url(settings)),
        fingerprint=fingerprint(_certificate(settings)).replace(":", ":<wbr>"),
    )
    headers = {"content-security-policy": POLICY, "cache-control": "no-store", "referrer-policy": "no-referrer"}
    return Response(page, media_type="text/html", headers=headers)


@get("/trust/style.css", opt={"allow": "open"}, include_in_schema=False)
async def get_trust_style() -> Response[str]:
    return Response(STYLE, media_type="text/css")


@get("/trust/qr.svg", opt={"allow": "open"}, include_in_schema=False)
async def get_trust_qr(settings: NamedDependency[Settings]) -> Response[bytes]:
    """The QR of the page itself: a tablet's camera opens it."""
    _certificate(settings)
    return Response(qr_svg(trust_url(settings)), media_type="image/svg+xml")


@get(f"/trust/{FILE_NAME}", opt={"allow": "open"}, include_in_schema=False)
async def get_trust_certificate(settings: NamedDependency[Settings]) -> Response[bytes]:
    """The authority's certificate (DER), the form Android, iOS and Windows install."""
    headers = {"content-disposition": f'attachment; filename="{FILE_NAME}"'}
    body = _certificate(settings).public_bytes(Encoding.DER)
    return Response(body, media_type="application/x-x509-ca-cert", headers=headers)


@get("/", opt={"allow": "open"}, include_in_schema=False)
async def _to_the_page() -> Redirect:
    return Redirect("/trust")


def _certificate(settings: Settings) -> x509.Certificate:
    if settings.authority is None:
        raise Problem(404, "not_found", "This server has no local authority; it was not started with --lan.")
    return x509.load_pem_x509_certificate(settings.authority.read_bytes())


ROUTES: list[Any] = [get_trust, get_trust_style, get_trust_qr, get_trust_certificate]
