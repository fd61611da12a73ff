"""Errors over HTTP: RFC 9457 problem details, rendered in one place."""

import logging
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from backend.core.database import transient

log = logging.getLogger("bedside.errors")


class Problem(Exception):
    """An answer that says what to do. `code` is the word a screen translates."""

    def __init__(self, status: int, code: str, detail: str, **members: Any) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.members = status, code, detail, members


class ProblemDetails(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The body of every error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    retry_after_s: int | None = None
    """Seconds to wait before the same call may be tried again."""


TITLES = {
    400: "Bad request",
    401: "Who is asking is not known",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Too large",
    415: "Wrong media type",
    422: "Cannot be understood",
    426: "Update first",
    429: "Too many attempts",
    503: "Busy",
}


def render(status: int, code: str, detail: str, retry_after_s: int | None = None) -> Response[bytes]:
    """One problem as a response."""
    body = ProblemDetails(
        type=f"urn:bedside:problem:{code}",
        title=TITLES.get(status, "Error"),
        status=status,
        detail=detail,
        code=code,
        retry_after_s=retry_after_s,
    )
    headers = {"cache-control": "no-store"}
    if retry_after_s is not None:
        headers["retry-after"] = str(retry_after_s)
    return Response(
        msgspec.json.encode(body), status_code=status, media_type="application/problem+json", headers=headers
    )


def on_problem(_: Request[Any, Any, Any], problem: Problem) -> Response[bytes]:
    return render(problem.status, problem.code, problem.detail, problem.members.get("retry_after_s"))


def on_http_exception(_: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    if isinstance(error, ValidationException):
        return render(400, "invalid", "The request does not have the shape this address takes; see /api/openapi.json.")
    code = {
        400: "invalid",
        401: "unauthenticated",
        403: "forbidden",
        404: "not_found",
        405: "method_not_allowed",
        413: "too_large",
    }
    return render(
        error.status_code, code.get(error.status_code, "error"), TITLES.get(error.status_code, "The request failed.")
    )


def on_unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    if transient(error):
        log.warning("unavailable: %r", error)
        return render(503, "busy", "The server is busy or restarting; try again shortly.", retry_after_s=2)
    log.error("unexpected error at %s", request.url.path, exc_info=error)
    return render(500, "internal", "The server failed; what was sent is safe on the tablet. Try again, then report it.")
