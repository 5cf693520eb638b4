"""The data folder: who has it open, and whether it can be used."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import Conflict, NotFound, invalid

_LOCK = "lock"
_STORE = "mnemograph.db"


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """The server that has a folder open: its process and its address."""

    pid: int
    address: str


def require_folder(data: Path) -> None:
    """Makes the folder where it is missing. Raises Invalid (field "data") when it cannot be written."""
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise invalid("data", f"{data} cannot be used as a data folder: {(exc.strerror or str(exc)).lower()}") from exc
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        raise invalid("data", f"{data} cannot be used as a data folder: no permission to write in it")


def store_file(data: Path) -> Path:
    """The file that holds everything."""
    return data / _STORE


def require_store(data: Path) -> None:
    """Raises NotFound when nothing was ever stored in the folder, rather than making an empty one."""
    if not store_file(data).exists():
        raise NotFound(f"there is nothing in {data} yet; begin with `mnemograph demo`, `add`, `import` or `serve`")


@contextmanager
def shared(data: Path) -> Iterator[None]:
    """Holds the folder open beside others. Raises Conflict while it is being restored."""
    with _locked(data, alone=False):
        yield


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Holds the folder with nobody else in it. Raises Conflict, naming a server that has it open."""
    with _locked(data, alone=True):
        yield


@contextmanager
def announced(data: Path, serving: Serving) -> Iterator[None]:
    """Tells other processes, in the lock file, which server has the folder open."""
    path = data / _LOCK
    path.write_text(json.dumps({"pid": serving.pid, "address": serving.address}), encoding="utf-8")
    try:
        yield
    finally:
        if server_of(data) == serving:
            path.write_text("", encoding="utf-8")


def server_of(data: Path) -> Serving | None:
    """The server that announced itself last; it may have died without taking its name back."""
    try:
        told = json.loads((data / _LOCK).read_text(encoding="utf-8"))
        return Serving(pid=int(told["pid"]), address=str(told["address"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contextmanager
def _locked(data: Path, *, alone: bool) -> Iterator[None]:
    if sys.platform == "win32":  # no advisory locks there
        yield
        return
    import fcntl

    require_folder(data)
    try:
        handle = os.open(data / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as exc:
        raise invalid("data", f"{data / _LOCK} cannot be opened: {(exc.strerror or str(exc)).lower()}") from exc
    try:
        try:
            fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(_occupied(data, alone=alone)) from None
        yield
    finally:
        os.close(handle)


def _occupied(data: Path, *, alone: bool) -> str:
    if not alone:
        return f"{data} is being restored by another process; try again when that is done"
    serving = server_of(data)
    who = f"the server at {serving.address} (process {serving.pid})" if serving else "another process"
    return f"{who} has {data} open; stop it first"
