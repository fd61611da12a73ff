"""The facts of patients, read once: age bands, how long a weight holds, the days after birth."""

from pathlib import Path
from typing import Any

import msgspec

FACTS: dict[str, Any] = msgspec.json.decode((Path(__file__).parent / "data" / "patients.json").read_bytes())
