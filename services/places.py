"""Where things lie, and which versions are meant."""

import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
CACHE = REPOSITORY / ".cache" / "services"
SECRETS = CACHE / "secrets"
ENVIRONMENT = CACHE / "env"


def versions() -> dict[str, str]:
    text = (HERE / "versions").read_text("utf-8")
    return {name.lower(): version for name, version in re.findall(r"^(\w+)=(\S+)$", text, re.MULTILINE)}
