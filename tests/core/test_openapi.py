"""R4: the published description is complete, and what it says of rows and answers is so."""

import json
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from backend.app import HANDLINGS, ROW_KINDS, create_app
from backend.core.commands import Answer
from backend.core.desk import by_command
from backend.core.log import LogLine
from backend.core.settings import Settings
from backend.openapi import described
from tests.house.examples import EXAMPLES, LOGS, Hospital
from tests.house.house import House


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """As served at /api/openapi.json."""
    settings = Settings(database_url="", owner_url="", data_dir=Path("/nowhere"), public_url="http://localhost")
    told = described(create_app(settings), by_command(HANDLINGS), [kind.struct for kind in ROW_KINDS])
    read: dict[str, Any] = json.loads(json.dumps(told))
    return read


def test_it_is_openapi_3_1_and_every_reference_resolves(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    references = list(_references(document))
    assert len(references) > 100
    for reference in references:
        found: Any = document
        for step in reference.removeprefix("#/").split("/"):
            assert step in found, reference
            found = found[step]


def test_every_command_row_and_answer_stands_under_its_discriminator(document: dict[str, Any]) -> None:
    kinds = {str(c.__struct_config__.tag) for c in by_command(HANDLINGS)}
    _tagged(document, "AnyCommand", "kind", kinds)
    _tagged(document, "Row", "type", {kind.type for kind in ROW_KINDS})
    _tagged(document, "Answer", "answer", {"accepted", "refused", "held", "retry"})


def test_every_address_declares_its_problems_and_has_a_name_of_its_own(document: dict[str, Any]) -> None:
    names = []
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in ("get", "post", "put", "patch", "delete"):
                names.append(operation["operationId"])
                problem = operation["responses"]["default"]["content"]["application/problem+json"]["schema"]["$ref"]
                assert problem == "#/components/schemas/ProblemDetails", path
                assert operation.get("summary") or operation.get("description"), f"{method} {path} says nothing"
    assert len(names) == len(set(names)) > 20


def test_commands_say_that_unknown_fields_are_not_taken(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for reference in schemas["AnyCommand"]["discriminator"]["mapping"].values():
        command = schemas[reference.rsplit("/", 1)[1]]
        assert command["additionalProperties"] is False
        missing = {"id", "device", "session", "counter", "recorded_at", "app", "rules"} - set(command["required"])
        assert not missing


async def test_every_row_line_and_answer_is_of_the_published_shape(house: House) -> None:
    hospital = await Hospital(house).build()
    writer = await hospital.writer(Random(5))
    for kind in (*EXAMPLES, *["move_stay"] * 6):
        await writer.does(kind)
    structs = {kind.type: kind.struct for kind in ROW_KINDS}
    seen = set()
    for log_id in LOGS:
        rows = (await house.snapshot(log_id))["rows"]
        for line in await house.lines(log_id, 0):
            msgspec.json.decode(msgspec.json.encode(line), type=LogLine)
            rows += line["puts"]
        for row in rows:
            seen.add(row["type"])
            read = msgspec.json.decode(msgspec.json.encode(row), type=structs[row["type"]])
            assert set(row) == {"type", *read.__struct_fields__}
            assert list(row)[:5] == ["type", "key", "stay_id", "command_id", "keep_until"]
    assert seen == set(structs) - {"held_command"}
    for answer in writer.answers:
        if answer["kind"] != "enrol_device":
            msgspec.convert({name: value for name, value in answer.items() if name != "kind"}, Answer, strict=False)


def _references(node: Any) -> Any:
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "$ref":
                yield value
            elif name == "mapping":
                yield from value.values()
            else:
                yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def _tagged(document: dict[str, Any], union: str, name: str, tags: set[str]) -> None:
    schemas = document["components"]["schemas"]
    assert schemas[union]["discriminator"]["propertyName"] == name
    mapping = schemas[union]["discriminator"]["mapping"]
    assert set(mapping) == tags
    assert {one["$ref"] for one in schemas[union]["oneOf"]} == set(mapping.values())
    for tag, reference in mapping.items():
        assert schemas[reference.rsplit("/", 1)[1]]["properties"][name]["enum"] == [tag]
