"""The tablet's generated files: the API's description, its types, and the fact tables, from the server's own."""

import json
import os
import subprocess
import sys
from pathlib import Path

from backend.app import HANDLINGS, ROW_KINDS, create_app
from backend.command_line.programs import HERE, PWA, node
from backend.core.settings import Settings
from backend.openapi import described
from backend.patients import facts as patients_facts
from backend.trouble import Trouble
from backend.vitals import facts as vitals_facts


def write_generated(folder: Path) -> None:
    """Writes openapi.json, api.ts and the fact tables into this folder. The same sources write the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    description = folder / "openapi.json"
    description.write_text(_description(), encoding="utf-8")
    _types(description, folder / "api.ts")
    (folder / "patients_facts.ts").write_text(patients_facts.typescript(), encoding="utf-8")
    (folder / "vitals_facts.ts").write_text(vitals_facts.typescript(), encoding="utf-8")


def _description() -> str:
    settings = Settings(database_url="", owner_url="", data_dir=HERE, public_url="http://localhost")
    document = described(create_app(settings), [h.command for h in HANDLINGS], [k.struct for k in ROW_KINDS])
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _types(description: Path, target: Path) -> None:
    script = PWA / "node_modules" / "openapi-typescript" / "bin" / "cli.js"
    ended = subprocess.run(
        [str(node()), str(script), str(description), "--output", str(target), "--alphabetize"],
        cwd=PWA,
        env=dict(os.environ, PATH=os.pathsep.join([str(node().parent), os.environ.get("PATH", "")])),
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode != 0:
        raise Trouble(f"openapi-typescript could not read the API's description: {ended.stderr.strip()[-500:]}")


if __name__ == "__main__":
    write_generated(Path(sys.argv[1]))
