"""Passwords are made at the first start and kept in files: none stands in the repository."""

import secrets
from pathlib import Path

NAMES = ("neo4j", "weaviate", "redis")
# The folder (0700) is what keeps others out: inside the containers another user than the files' owner reads them.
MODE = 0o644
# Bytes of chance. Written as hex: what begins with a dash reads as an option on a server's command line.
_LENGTH = 24


def keep(folder: Path, *, mode: int = 0o600) -> dict[str, str]:
    """The passwords of `folder`, those that were missing made anew."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return {name: _kept(folder / name, secrets.token_hex(_LENGTH), mode=mode) for name in NAMES}


def keep_for_compose(folder: Path) -> None:
    """As `keep`, and the address of Redis, which contains its password."""
    passwords = keep(folder, mode=MODE)
    _kept(folder / "redis_url", f"redis://:{passwords['redis']}@redis:6379/0", mode=MODE)


def _kept(file: Path, otherwise: str, *, mode: int) -> str:
    if not file.exists():
        file.touch(mode=0o600)
        file.chmod(mode)
        file.write_text(otherwise, "utf-8")
    return file.read_text("utf-8").strip()
