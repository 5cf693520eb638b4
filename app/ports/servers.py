"""What the servers of an installation say of themselves, for the start-up check and `doctor`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from app.domain.troubles import ServerName, Trouble
from app.ports.indexing import Backlog


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """`time` is the server's own clock; None where it does not tell. `shown` is what `doctor` prints beside.

    `open_to_anyone`: it answered a request that carried no credentials. `backlog` is how far the index lags behind,
    which the record knows. `troubles` are those that only the
    adapter can see; versions, clocks and passwords are judged by `app.startup`.
    """

    version: str
    time: datetime | None = None
    open_to_anyone: bool = False
    shown: Mapping[str, str] = field(default_factory=dict)
    backlog: Backlog | None = None
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether the search index and the server of messages answered when they were last asked; nobody asks for this.

    `index` is None where the store is its own; messages that stay in one process are always there.
    """

    index: bool | None = None
    messages: bool = True


class Refused(Exception):
    """The server answers, but will not have us: why. Nothing more can be asked of it."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(str(trouble))
        self.trouble = trouble


class Server(Protocol):
    """One server. `address` holds no secret."""

    @property
    def name(self) -> ServerName: ...

    @property
    def address(self) -> str: ...

    async def facts(self) -> ServerFacts:
        """Changes nothing. Raises Refused where it lets us not in, Unavailable where it does not answer."""
        ...
