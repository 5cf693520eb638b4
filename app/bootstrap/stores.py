"""A store by itself, opened for copying: no application over it, and nothing made in it."""

from contextlib import AbstractAsyncContextManager
from enum import StrEnum

from app.adapters.runtime import SystemClock
from app.adapters.sqlite.copying import open_copies
from app.bootstrap.embedded import STORE_FILE
from app.ports.copying import Copyable
from app.settings import Settings


class StoreName(StrEnum):
    SQLITE = "sqlite"
    NEO4J = "neo4j"


def open_copyable(settings: Settings, store: StoreName) -> AbstractAsyncContextManager[Copyable]:
    """Creates or migrates the schema where that is needed. Raises Unavailable where the store cannot be used."""
    if store is StoreName.SQLITE:
        return open_copies(settings.data / STORE_FILE, clock=SystemClock())
    from app.adapters.neo4j.copying import open_copies as open_server

    return open_server(
        url=settings.neo4j_url,
        user=settings.neo4j_user,
        password=settings.neo4j_password,
        database=settings.neo4j_database,
    )
