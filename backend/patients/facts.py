"""The facts of patients, read once: age bands, how long a weight holds, the days after birth."""

import json
from pathlib import Path
from typing import Any

FACTS: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "patients.json").read_text(encoding="utf-8"))


def typescript() -> str:
    """The same table as a TypeScript module."""
    body = json.dumps(FACTS, ensure_ascii=False, indent=2)
    made_from = "// Made by ./bedside generate from backend/patients/data/patients.json."
    return f"{made_from}\nexport const FACTS = {body} as const;\n"
