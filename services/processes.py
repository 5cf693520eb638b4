"""Servers as processes of this machine, remembered by process id."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress

from services.command import Trouble, output, say, tail
from services.places import SECRETS
from services.ready import NotReady, Refused, taken
from services.servers import Server

START = 300.0  # seconds; a cold JVM on a busy machine took more than 120
STOP = 60.0


def running(server: Server) -> int | None:
    """Its process id, if what we started still runs (and no other program got its number)."""
    with suppress(FileNotFoundError, ValueError):
        pid = int(server.pid.read_text("utf-8").split()[0])
        state, _, command = output("ps", "-o", "stat=,command=", "-p", str(pid)).strip().partition(" ")
        if server.name in command and not state.startswith("Z"):  # Z: it has ended, nobody has looked at it yet
            return pid
    return None


def require_ports(server: Server) -> None:
    """Raises Trouble when one of its ports is taken or it runs already, on other ports."""
    if running(server):
        _, *ports = server.pid.read_text("utf-8").split()
        if ports != [str(port) for port in server.ports.values()]:
            raise Trouble(f"{server.name} already runs, on port {' and '.join(ports)}: `make services-stop` first")
        return
    for variable, port in server.ports.items():
        if taken(port):
            raise Trouble(f"{server.name}: port {port} is taken by another program; free it or set {variable}")


def begin(server: Server, password: str) -> None:
    """Starts it if it does not run."""
    if running(server):
        return
    for file in (server.pid, server.log):
        file.parent.mkdir(parents=True, exist_ok=True)
    with server.log.open("a", encoding="utf-8") as log:
        # A session of its own: Ctrl-C and the end of this terminal are not meant for it.
        process = subprocess.Popen(  # noqa: S603 - our own script
            server.command(password), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    server.pid.write_text(" ".join(map(str, [process.pid, *server.ports.values()])), "utf-8")


def ready(server: Server, password: str, *, alive: Callable[[Server], object] = running) -> str:
    """Waits until it answers; returns its version. Raises Trouble with the end of its log."""
    end, missed = time.monotonic() + START, 0
    while True:
        try:
            return server.version(password)
        except Refused as exc:
            kept = SECRETS / server.name
            raise Trouble(
                f"{server.name} on {server.address} refuses {kept}: {exc}. Its data are of another password"
            ) from exc
        except NotReady as exc:
            missed = 0 if alive(server) else missed + 1
            if missed > 3:  # not at once: in the moment of exec a process has no name
                raise Trouble(f"{server.name} ended while starting (log: {server.log})\n{tail(server.log)}") from exc
            if time.monotonic() > end:
                raise Trouble(
                    f"{server.name} is not ready after {START:.0f} s: {exc} (log: {server.log})\n{tail(server.log)}"
                ) from exc
        time.sleep(0.2)


def end(server: Server) -> bool:
    """Asks it to stop and waits; false when it did not in time."""
    pid = running(server)
    if pid is None:
        say(f"{server.name:9} is not running")
    else:
        os.kill(pid, signal.SIGTERM)
        until = time.monotonic() + STOP
        while running(server):
            if time.monotonic() > until:
                say(f"{server.name:9} still runs {STOP:.0f} s after SIGTERM: process {pid}, log {server.log}")
                return False
            time.sleep(0.1)
        say(f"{server.name:9} stopped (process {pid})")
    server.pid.unlink(missing_ok=True)
    return True
