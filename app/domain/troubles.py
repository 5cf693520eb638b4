"""What can be wrong with a server, and what to do about it: every such sentence stands here, so that they read alike."""

from dataclasses import dataclass
from enum import StrEnum


class ServerName(StrEnum):
    NEO4J = "Neo4j"
    WEAVIATE = "Weaviate"
    REDIS = "Redis"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """`stops`: the program does not start with it."""

    what: str
    advice: str
    stops: bool

    def __str__(self) -> str:
        return f"{self.what}: {self.advice}"


_ADDRESS = {
    ServerName.NEO4J: "MNEMOGRAPH_NEO4J_URL",
    ServerName.WEAVIATE: "MNEMOGRAPH_WEAVIATE_URL",
    ServerName.REDIS: "MNEMOGRAPH_REDIS_URL",
}
_PASSWORD = {
    ServerName.NEO4J: "MNEMOGRAPH_NEO4J_PASSWORD",
    ServerName.WEAVIATE: "MNEMOGRAPH_WEAVIATE_KEY",
    ServerName.REDIS: "MNEMOGRAPH_REDIS_URL",
}
_CLOSING = {
    ServerName.NEO4J: "set dbms.security.auth_enabled=true",
    ServerName.WEAVIATE: "set AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED=false",
    ServerName.REDIS: "set requirepass",
}
_INSECURE = ", or MNEMOGRAPH_ALLOW_INSECURE_STORES=true where nobody else reaches it"
_WITHOUT = {
    ServerName.NEO4J: "",
    ServerName.WEAVIATE: "; until then searches answer from the record, by words",
    ServerName.REDIS: "; until then other processes hear of changes later, and each counts its own limits",
}


def away(server: ServerName, *, address: str, why: str = "") -> Trouble:
    """Without the record nothing works; without the others it goes on, with less."""
    return Trouble(
        what=f"{server} does not answer at {address}{f' ({why})' if why else ''}",
        advice=f"start it, or correct {_ADDRESS[server]}{_WITHOUT[server]}",
        stops=server is ServerName.NEO4J,
    )


def wrong_password(server: ServerName) -> Trouble:
    given = "the key" if server is ServerName.WEAVIATE else "the user or the password"
    return Trouble(what=f"{server} refuses {given}", advice=f"correct {_PASSWORD[server]}", stops=True)


def wrong_database(name: str) -> Trouble:
    return Trouble(
        what=f"Neo4j has no database named {name!r}",
        advice="correct MNEMOGRAPH_NEO4J_DATABASE; the Community edition has one, named neo4j",
        stops=True,
    )


def too_old(server: ServerName, *, version: str, oldest: str) -> Trouble:
    return Trouble(what=f"{server} is {version}", advice=f"use {oldest} or newer", stops=True)


def newer_schema(server: ServerName, *, found: int, known: int) -> Trouble:
    return Trouble(
        what=f"{server} has schema {found}, written by a newer Mnemograph; this one knows schemas up to {known}",
        advice="start the newer Mnemograph; nothing was changed",
        stops=True,
    )


def other_vectors(*, found: int, wanted: int) -> Trouble:
    return Trouble(
        what=f"the index holds vectors of {found} dimensions, the embedder makes {wanted}",
        advice="run `mnemograph reindex`, or set the embedder back",
        stops=False,
    )


def no_room(server: ServerName, *, what: str) -> Trouble:
    """`what` is how it shows: a disk that is full, shards that are read only."""
    after = "; what waits is then indexed by itself" if server is ServerName.WEAVIATE else "; nothing stored is lost"
    return Trouble(
        what=f"{server} takes no writes ({what})",
        advice=f"make room on its disk and start it again{after}",
        stops=False,
    )


def evicting(policy: str) -> Trouble:
    return Trouble(
        what=f"Redis throws keys away when its memory is full (maxmemory-policy {policy})",
        advice="set maxmemory-policy to noeviction: limits and wake-ups would be lost unseen",
        stops=False,
    )


def clock_off(server: ServerName, *, seconds: float) -> Trouble:
    """`seconds` its clock is ahead of ours; negative: behind."""
    return Trouble(
        what=f"the clock of {server} is {_span(abs(seconds))} {'ahead of' if seconds > 0 else 'behind'} this machine's",
        advice="set both by NTP: leases, expiry and the order of changes are judged by them",
        stops=False,
    )


def empty_password(server: ServerName) -> Trouble:
    return Trouble(what=f"{server} is used without a password", advice=_set_password(server), stops=True)


def default_password(server: ServerName) -> Trouble:
    return Trouble(
        what=f"the password of {server} is one that everybody tries first", advice=_set_password(server), stops=True
    )


def open_to_anyone(server: ServerName) -> Trouble:
    return Trouble(
        what=f"{server} answers requests without a password", advice=f"{_CLOSING[server]}{_INSECURE}", stops=True
    )


def _set_password(server: ServerName) -> str:
    return f"give it one of its own and set {_PASSWORD[server]}{_INSECURE}"


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"
