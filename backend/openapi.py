"""The published description of the API (OpenAPI 3.1): routes, and what travels inside a JWS and a log line."""

from collections.abc import Iterable
from typing import Any

import msgspec
from litestar import Litestar
from msgspec import Struct

from backend.core.commands import Accepted, Command, Held, Refused, Retry
from backend.core.errors import ProblemDetails
from backend.core.log import LogLine

REF = "#/components/schemas/{name}"


def described(app: Litestar, commands: Iterable[type[Command]], rows: Iterable[type[Struct]]) -> dict[str, Any]:
    """The whole document: Litestar's own, with commands, rows, lines and problems as components."""
    document: dict[str, Any] = msgspec.to_builtins(app.openapi_schema.to_schema())
    commands, rows = sorted(set(commands), key=_tag), sorted(rows, key=_tag)
    answers = (Accepted, Refused, Held, Retry)
    _, components = msgspec.json.schema_components(
        [*commands, *rows, *answers, LogLine, ProblemDetails], ref_template=REF
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas.update(components)
    schemas["AnyCommand"] = _one_of(commands, "kind")
    schemas["Row"] = _one_of(rows, "type")
    schemas["Answer"] = _one_of(answers, "answer")
    _point(schemas, "Answers", "answers", "Answer")
    _point(schemas, "Snapshot", "rows", "Row")
    _point(schemas, "Changes", "lines", "LogLine")
    _point(schemas, "LogLine", "puts", "Row")
    _tell_errors(document)
    return document


def _tag(struct: type[Struct]) -> str:
    return str(struct.__struct_config__.tag)


def _name(struct: type[Struct]) -> str:
    return struct.__name__


def _one_of(structs: Iterable[type[Struct]], discriminator: str) -> dict[str, Any]:
    mapping = {_tag(struct): REF.format(name=_name(struct)) for struct in structs}
    return {
        "oneOf": [{"$ref": ref} for ref in mapping.values()],
        "discriminator": {"propertyName": discriminator, "mapping": mapping},
    }


def _point(schemas: dict[str, Any], owner: str, field: str, to: str) -> None:
    """`Raw` fields are JSON already made; here they say of what shape."""
    for name, schema in schemas.items():
        if name == owner or name.endswith(f"_{owner}"):
            schema["properties"][field] = {"type": "array", "items": {"$ref": REF.format(name=to)}}


def _tell_errors(document: dict[str, Any]) -> None:
    problem = {"application/problem+json": {"schema": {"$ref": REF.format(name="ProblemDetails")}}}
    for path in document["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict) and "responses" in operation:
                good = {
                    code: answer for code, answer in operation["responses"].items() if code.startswith(("1", "2", "3"))
                }
                operation["responses"] = good | {"default": {"description": "A problem (RFC 9457)", "content": problem}}
