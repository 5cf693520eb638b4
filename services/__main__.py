"""python -m services start | stop | secrets"""

import fcntl
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from services import engine, install, passwords, processes
from services.command import Trouble, say
from services.places import CACHE, ENVIRONMENT, REPOSITORY, SECRETS, versions
from services.servers import Server, environment, wanted

CONTAINERS = CACHE / "run" / "containers"  # stands while the servers that we started are containers


def start() -> int:
    servers, known = wanted(), passwords.keep(SECRETS)
    if containers := engine.answers():
        engine.begin(os.environ)
        CONTAINERS.touch()
    else:
        for server in servers:
            processes.require_ports(server)
        install.everything()
        for server in servers:
            processes.begin(server, known[server.name])
    alive = engine.running if containers else processes.running
    with ThreadPoolExecutor() as pool:
        told = list(pool.map(lambda server: processes.ready(server, known[server.name], alive=alive), servers))
    for server, version in zip(servers, told, strict=True):
        _report(server, version)
    _keep_environment(environment(servers, known))
    say(f"settings  {ENVIRONMENT.relative_to(REPOSITORY)}: `set -a; . {ENVIRONMENT.relative_to(REPOSITORY)}; set +a`")
    return 0


def _report(server: Server, version: str) -> None:
    log = engine.log(server) if CONTAINERS.exists() else server.log.relative_to(REPOSITORY)
    say(f"{server.name:9} {version:10} {server.address:34} log: {log}")
    if version != versions()[server.name]:
        say(
            f"          the tests ran on {versions()[server.name]}: `make services-stop && make services` after a change of version"
        )


def _keep_environment(text: str) -> None:
    ENVIRONMENT.touch(mode=0o600)
    ENVIRONMENT.write_text(text, "utf-8")


def stop() -> int:
    if CONTAINERS.exists():
        engine.end(os.environ)
        CONTAINERS.unlink()
        say("the containers are stopped; their data stay")
        return 0
    ended = [processes.end(server) for server in wanted()]
    return 0 if all(ended) else 1


def secrets() -> int:
    folder = REPOSITORY / "secrets"
    passwords.keep_for_compose(folder)
    say(
        f"passwords for docker-compose.yml are in {folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder}"
    )
    return 0


@contextmanager
def _alone() -> Iterator[None]:
    """Two at once would start everything twice and remember the wrong one."""
    (CACHE / "run").mkdir(parents=True, exist_ok=True)
    with (CACHE / "run" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> int:
    commands = {"start": start, "stop": stop, "secrets": secrets}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        say(__doc__ or "")
        return 2
    try:
        with _alone():
            return commands[sys.argv[1]]()
    except Trouble as trouble:
        say(str(trouble))
        return 1


if __name__ == "__main__":
    sys.exit(main())
