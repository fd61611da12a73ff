"""The one table of vital-sign facts, read for Python and written out for TypeScript."""

import json
from pathlib import Path
from typing import Any

FACTS: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "vitals.json").read_text(encoding="utf-8"))


def typescript() -> str:
    """The same table as a TypeScript module."""
    body = json.dumps(FACTS, ensure_ascii=False, indent=2)
    made_from = "// Made by ./bedside generate from backend/vitals/data/vitals.json."
    return f"{made_from}\nexport const FACTS = {body} as const;\n"
