"""The three servers: on which ports, started how, answering when."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from services import ready
from services.command import Trouble
from services.places import CACHE, HERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    name: str
    ports: Mapping[str, int]  # by the variable that sets it; the first is the one that the probe asks
    probe: Callable[[int, str], str]

    @property
    def address(self) -> str:
        return ", ".join(f"{ready.HOST}:{port}" for port in self.ports.values())

    @property
    def log(self) -> Path:
        return CACHE / "log" / f"{self.name}.log"

    @property
    def pid(self) -> Path:
        return CACHE / "run" / f"{self.name}.pid"

    def version(self, password: str) -> str:
        """Raises NotReady or Refused."""
        return self.probe(next(iter(self.ports.values())), password)

    def command(self, password: str) -> list[str]:
        data = CACHE / "data" / self.name
        return [str(HERE / f"run-{self.name}"), str(data), *map(str, self.ports.values()), password]


def wanted(environ: Mapping[str, str] = os.environ) -> tuple[Server, ...]:
    def ports(**defaults: int) -> dict[str, int]:
        return {variable: _port(variable, environ.get(variable) or str(port)) for variable, port in defaults.items()}

    return (
        Server(name="neo4j", ports=ports(NEO4J_BOLT_PORT=7687), probe=ready.neo4j),
        Server(
            name="weaviate",
            ports=ports(WEAVIATE_PORT=8080, WEAVIATE_GRPC_PORT=50051),
            probe=ready.weaviate,
        ),
        Server(name="redis", ports=ports(REDIS_PORT=6379), probe=ready.redis),
    )


def _port(variable: str, text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Trouble(f"{variable}={text} is not a port")
    return int(text)


def environment(servers: tuple[Server, ...], passwords: Mapping[str, str]) -> str:
    """What Mnemograph needs to know to use them, as `NAME=value` lines."""
    bolt, rest, grpc, cache = (f"{ready.HOST}:{port}" for server in servers for port in server.ports.values())
    return "\n".join(
        [
            "MNEMOGRAPH_STORE=neo4j",
            f"MNEMOGRAPH_NEO4J_URL=bolt://{bolt}",
            "MNEMOGRAPH_NEO4J_USER=neo4j",
            f"MNEMOGRAPH_NEO4J_PASSWORD={passwords['neo4j']}",
            f"MNEMOGRAPH_WEAVIATE_URL=http://{rest}",
            f"MNEMOGRAPH_WEAVIATE_GRPC={grpc}",
            f"MNEMOGRAPH_WEAVIATE_KEY={passwords['weaviate']}",
            f"MNEMOGRAPH_REDIS_URL=redis://:{passwords['redis']}@{cache}/0",
            "",
        ]
    )
