"""A real Weaviate, where one is set up: its address comes from the environment, as for the app."""

import asyncio
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Any, TypeVar

import pytest

from app.adapters.runtime import SystemClock
from app.adapters.weaviate.index import WeaviateIndex, open_index
from app.ports.runtime import Clock

Test = TypeVar("Test", bound=Callable[..., Any])

URL, GRPC, KEY = (os.environ.get(f"MNEMOGRAPH_WEAVIATE_{name}", "") for name in ("URL", "GRPC", "KEY"))
MISSING = "no Weaviate: set MNEMOGRAPH_WEAVIATE_URL, _GRPC and _KEY (`make services` prints them)"

live_weaviate = [pytest.mark.live, pytest.mark.skipif(not URL, reason=MISSING)]
"""For parameters; `only_live` is the same for whole tests."""


def only_live(test: Test) -> Test:
    for mark in live_weaviate:
        test = mark(test)
    return test


def open_live(
    prefix: str, *, model: str = "small", dimension: int = 3, clock: Clock | None = None
) -> AbstractAsyncContextManager[WeaviateIndex]:
    return open_index(
        url=URL,
        grpc=GRPC,
        key=KEY,
        prefix=prefix,
        model=model,
        dimension=dimension,
        clock=clock or SystemClock(),
    )


@contextmanager
def own_prefix() -> Iterator[str]:
    """Collections of our own on a shared server, gone afterwards."""
    prefix = f"Test{secrets.token_hex(4)}"
    yield prefix

    async def erase() -> None:
        async with open_live(prefix) as index:
            await index.erase()

    asyncio.run(erase())
