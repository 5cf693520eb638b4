"""Candidates by words and by meaning."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from app.adapters.records.words import stems_asked_for
from app.adapters.weaviate.connection import Connection
from app.adapters.weaviate.driver import BM25Operator, CollectionAsync, MetadataQuery, WeaviateAsyncClient
from app.adapters.weaviate.faults import NoCollection, NoTenant
from app.adapters.weaviate.filters import conditions
from app.adapters.weaviate.generations import Aliases
from app.adapters.weaviate.schema import Space
from app.domain import errors
from app.domain.ids import EntityId, MemoryId
from app.domain.principal import Only, Principal
from app.domain.query import MemoryFilter
from app.ports.models import Embedding
from app.ports.runtime import Clock
from app.ports.search import Candidate

_SPARE: Final = 20
_MOST_TIES: Final = 200
"""Candidates beyond the limit, so that of equal ones the first by id are taken; each costs the client its reading."""

Asked = Callable[[CollectionAsync[Any, Any], int], Awaitable[list[Candidate]]]


class WeaviateSearch:
    """A SearchIndex without the graph. It answers from one generation, or from whichever the alias means."""

    def __init__(
        self, connection: Connection, aliases: Aliases, space: Space, clock: Clock, *, generation: str | None = None
    ) -> None:
        self._connection, self._aliases, self._space, self._clock = connection, aliases, space, clock
        self._generation = generation

    def for_one_question(self) -> "WeaviateSearch":
        return self

    async def words(
        self, principal: Principal, *, terms: Sequence[str], where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        query = " ".join(stems_asked_for(terms))
        if not query or principal.visible == Only(frozenset()):
            return []
        filters = conditions(principal, where, now=self._clock.now())

        async def asked(collection: CollectionAsync[Any, Any], size: int) -> list[Candidate]:
            found = await collection.query.bm25(
                query,
                query_properties=["words"],
                operator=BM25Operator.or_(minimum_match=1),
                filters=filters,
                limit=size,
                return_metadata=MetadataQuery(score=True),
                return_properties=["memory"],
            )
            return [_candidate(hit.properties, hit.metadata.score or 0.0) for hit in found.objects]

        return await self._best(principal, asked, limit)

    async def nearest(
        self, principal: Principal, *, embedding: Embedding, where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        if principal.visible == Only(frozenset()) or Space(embedding.model, len(embedding.vector)) != self._space:
            return []
        generation = self._generation or (await self._aliases.standing()).current
        if not self._aliases.fits(generation):
            raise errors.Unavailable("The search index was made with another embedding model; it has to be rebuilt")
        filters = conditions(principal, where, now=self._clock.now())
        vector = embedding.vector.tolist()

        async def asked(collection: CollectionAsync[Any, Any], size: int) -> list[Candidate]:
            found = await collection.query.near_vector(
                vector,
                filters=filters,
                limit=size,
                return_metadata=MetadataQuery(distance=True),
                return_properties=["memory"],
            )
            return [_candidate(hit.properties, _cosine(hit.metadata.distance)) for hit in found.objects]

        return await self._best(principal, asked, limit)

    async def mentioning(
        self, principal: Principal, *, entities: Sequence[EntityId], where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        """The graph is the record's business."""
        raise NotImplementedError

    async def _best(self, principal: Principal, asked: Asked, limit: int) -> list[Candidate]:
        """The first `limit`, ties by id: asks for more while those after the limit equal the last one in it."""
        size = limit + _SPARE
        while True:
            found = await self._asked(principal, asked, size)
            decided = len(found) < size or found[-1].score < found[limit - 1].score
            if decided or size >= limit + _MOST_TIES:
                return sorted(found, key=lambda hit: (-hit.score, hit.memory))[:limit]
            size = limit + _MOST_TIES

    async def _asked(self, principal: Principal, asked: Asked, size: int) -> list[Candidate]:
        name = self._generation or self._aliases.prefix

        async def call(client: WeaviateAsyncClient) -> list[Candidate]:
            return await asked(client.collections.use(name).with_tenant(principal.tenant), size)

        try:
            return await self._connection.call(call)
        except NoTenant:
            return []
        except NoCollection:
            return await self._asked_of_first(call)

    async def _asked_of_first(
        self, call: Callable[[WeaviateAsyncClient], Awaitable[list[Candidate]]]
    ) -> list[Candidate]:
        """There was no collection: makes the first one, in which nothing is found until the indexer has written."""
        self._aliases.forget()
        await self._aliases.standing()
        try:
            return await self._connection.call(call)
        except NoTenant:
            return []


def _candidate(properties: Any, score: float) -> Candidate:
    return Candidate(MemoryId(properties["memory"]), score)


def _cosine(distance: float | None) -> float:
    return max(-1.0, min(1.0, 1.0 - (2.0 if distance is None else distance)))
