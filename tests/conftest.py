"""The servers of the tests: those of `make services`, unless the environment names others."""

import os
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

SERVERS = ("NEO4J", "WEAVIATE", "REDIS")
STARTED = Path(__file__).parents[1] / ".cache" / "services" / "env"
"""What `make services` writes: a `NAME=value` a line."""


def take_addresses() -> None:
    """Tests say themselves which store they use: of the environment only addresses and passwords are left to them."""
    os.environ.pop("MNEMOGRAPH_STORE", None)
    lines = STARTED.read_text(encoding="utf-8").splitlines() if STARTED.exists() else []
    found = {name: value for name, _, value in (line.partition("=") for line in lines)}
    for server in SERVERS:
        if answers(found.get(f"MNEMOGRAPH_{server}_URL", "")):
            for name, value in found.items():
                if name.startswith(f"MNEMOGRAPH_{server}_"):
                    os.environ.setdefault(name, value)


def answers(url: str) -> bool:
    """Whether somebody listens there: servers may have been stopped since."""
    address = urlsplit(url)
    try:
        with socket.create_connection((address.hostname or "", address.port or 0), timeout=1):
            return True
    except OSError:
        return False


take_addresses()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    missed = sum(map(_is_live, terminalreporter.stats.get("skipped", ())))
    if missed:
        terminalreporter.write_line(
            f"{missed} tests did not run, for want of servers: `make services` starts them, then `make test` runs these as well",
            yellow=True,
        )


def _is_live(report: pytest.TestReport) -> bool:
    return "live" in getattr(report, "keywords", ())
