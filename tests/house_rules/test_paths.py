"""Every path that the documents name exists."""

import re
from pathlib import Path

import pytest

from tests.house_rules.sources import HERE

DOCUMENTS = ("ARCHITECTURE.md", "README.md", "CONTRIBUTING.md", "SECURITY.md")
TOP = ("backend", "barcode", "docs", "notifications", "pwa", "tests", ".ci")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
NAMED = re.compile(r"`([\w.@*<>-]+(?:/[\w.@*<>-]*)+)`")
MADE_BY_BUILDING = ("pwa/dist", "pwa/node_modules")


def missing_paths(text: str, folder: Path) -> list[str]:
    """Paths that this document links to or names in back quotes, and that are not there."""
    linked = [name for name in LINK.findall(text) if not (folder / name).exists()]
    named = [name for name in NAMED.findall(text) if name.split("/")[0] in TOP and not _exists(name)]
    return linked + named


def _exists(name: str) -> bool:
    """`<feature>` stands for any feature, `*` for any name."""
    if name.startswith(MADE_BY_BUILDING):
        return True
    return any(HERE.glob(re.sub(r"<[^>]*>", "*", name).rstrip("/")))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_paths_of_the_first_documents_exist(name: str) -> None:
    text = (HERE / name).read_text(encoding="utf-8")
    assert missing_paths(text, HERE) == []


def test_architecture_names_every_room() -> None:
    """A code map that leaves a room out is no map."""
    text = (HERE / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rooms = [path.parent for path in (HERE / "backend").glob("*/__init__.py")]
    assert len(rooms) > 6
    assert [room.name for room in rooms if room.name not in text] == []


def test_links_in_the_docs_lead_somewhere() -> None:
    documents = sorted((HERE / "docs").rglob("*.md"))
    assert len(documents) > 5
    found = {path.name: missing_paths(path.read_text(encoding="utf-8"), path.parent) for path in documents}
    assert {name: paths for name, paths in found.items() if paths} == {}


def test_a_path_that_is_not_there_is_found() -> None:
    text = (
        "[a](docs/nowhere.md) `backend/nowhere/` `backend/core/door.py` [b](https://example.org) `backend/<feature>/`"
    )
    assert missing_paths(text, HERE) == ["docs/nowhere.md", "backend/nowhere/"]
