"""What the indexer and the repair do to the index."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from app.adapters.weaviate.connection import BATCH, Connection
from app.adapters.weaviate.driver import CollectionAsync, Filter, WeaviateAsyncClient, theirs
from app.adapters.weaviate.faults import NoCollection, NoTenant
from app.adapters.weaviate.generations import Aliases
from app.adapters.weaviate.objects import Object, Properties, is_of, object_id, objects_of
from app.adapters.weaviate.schema import Space
from app.domain import errors
from app.domain.ids import MemoryId, OrganizationId
from app.ports.indexing import Document, Entry

T = TypeVar("T")

_TOGETHER: Final = 128
_MOST_CHARACTERS: Final = 4_000_000
"""A message holds at most so many objects, and words of them: well below the limit of 104 MB, and quick."""
_MOST_REMOVED: Final = 1_000
_FOR_GOOD: Final = ("vector length", "dimension", "invalid", "too large", "too long", "not a valid", "utf-8")
"""What Weaviate says of objects that it will refuse again. Everything else may pass later."""

Collection = CollectionAsync[Any, Any]


class WeaviateWriter:
    """An IndexWriter. It writes to one generation, or to every one that writers have to write to."""

    def __init__(
        self, connection: Connection, aliases: Aliases, space: Space, *, generation: str | None = None
    ) -> None:
        self._connection, self._aliases, self._space, self._generation = connection, aliases, space, generation

    async def put(self, tenant: OrganizationId, documents: Sequence[Document]) -> dict[MemoryId, str]:
        refused = {document.memory.id: reason for document in documents if (reason := self._unfit(document))}
        fit = {str(object_id(tenant, d.memory.id)): d for d in documents if d.memory.id not in refused}
        objects = await asyncio.to_thread(objects_of, tenant, list(fit.values()), self._space)
        for name in await self._written():
            for batch in _batches(await self._fitting(name, objects, fit)):
                failed = await self._inserted(name, tenant, batch)
                refused |= {fit[id_].memory.id: _for_good(reason) for id_, reason in failed.items()}
        return refused

    async def remove(self, tenant: OrganizationId, memories: Sequence[MemoryId]) -> None:
        ids = [object_id(tenant, memory) for memory in memories]
        for name in (await self._aliases.standing()).written if self._generation is None else (self._generation,):
            for start in range(0, len(ids), _MOST_REMOVED):
                batch = ids[start : start + _MOST_REMOVED]

                async def removed(collection: Collection, batch: Sequence[Any] = batch) -> None:
                    done = await collection.data.delete_many(where=Filter.by_id().contains_any(batch))
                    if done.failed:
                        raise errors.Unavailable("The search index did not remove everything")

                await self._in(name, tenant, removed, missing=None)

    async def entries(self, tenant: OrganizationId, memories: Sequence[MemoryId]) -> list[int | None]:
        if not memories:
            return []
        ids = [object_id(tenant, memory) for memory in memories]

        async def fetched(collection: Collection) -> dict[MemoryId, int]:
            found = await collection.query.fetch_objects_by_ids(
                ids, limit=len(ids), return_properties=["memory", "stamp"]
            )
            return {entry.memory: entry.stamp for entry in map(_entry, found.objects)}

        none: dict[MemoryId, int] = {}
        stamps = await self._in(await self._read(), tenant, fetched, missing=none)
        return [stamps.get(memory) for memory in memories]

    async def entries_after(
        self, tenant: OrganizationId, after: str | None, *, limit: int
    ) -> tuple[list[Entry], str | None]:
        async def fetched(collection: Collection) -> tuple[list[Entry], str | None]:
            found = await collection.query.fetch_objects(
                limit=limit, after=after, return_properties=["memory", "stamp"]
            )
            more = str(found.objects[-1].uuid) if len(found.objects) == limit else None
            return [_entry(each) for each in found.objects], more

        return await self._in(await self._read(), tenant, fetched, missing=([], None))

    async def drop(self, tenant: OrganizationId) -> None:
        for name in await self._written():

            async def dropped(client: WeaviateAsyncClient, name: str = name) -> None:
                await client.collections.use(name).tenants.remove([tenant])

            await self._connection.call(dropped, seconds=BATCH)

    def _unfit(self, document: Document) -> str | None:
        vector = document.embedding.vector if document.embedding else None
        if vector is None or not is_of(document, self._space) or len(vector) == self._space.dimension:
            return None
        return f"its vector has {len(vector)} dimensions, not {self._space.dimension}"

    async def _fitting(
        self, name: str, objects: Sequence[Object], documents: Mapping[str, Document]
    ) -> Sequence[Object]:
        """Objects as this generation takes them: vectors of its own model only.

        While it is filled, what has a vector of another model is left to whoever fills it, who makes a new one:
        written here without, it would pass for done.
        """
        if not self._aliases.fits(name):
            return [replace(each, vector=None) for each in objects]
        if self._generation or name == (await self._aliases.standing()).current:
            return objects
        return [each for each in objects if not _of_another_model(documents[str(each.uuid)], self._space)]

    async def _written(self) -> tuple[str, ...]:
        """A generation that is filled for another model is left to whoever fills it: the vectors are theirs to make."""
        if self._generation:
            return (self._generation,)
        standing = await self._aliases.standing()
        return tuple(name for name in standing.written if name == standing.current or self._aliases.fits(name))

    async def _read(self) -> str:
        return self._generation or (await self._aliases.standing()).current

    async def _inserted(self, name: str, tenant: OrganizationId, batch: Sequence[Object]) -> Mapping[str, str]:
        """What was refused and why, by the objects' ids."""

        async def inserted(collection: Collection) -> dict[str, str]:
            try:
                done = await collection.data.insert_many(batch)
            except theirs.WeaviateInsertManyAllFailedError as exc:
                return {str(each.uuid): exc.message for each in batch}
            return {str(batch[number].uuid): error.message for number, error in done.errors.items()}

        return await self._in(name, tenant, inserted, missing=None) or {}

    async def _in(
        self, name: str, tenant: OrganizationId, asked: Callable[[Collection], Awaitable[T]], *, missing: T
    ) -> T:
        """What the collection says for this tenant; `missing` where it holds nothing of it."""

        async def call(client: WeaviateAsyncClient) -> T:
            return await asked(client.collections.use(name).with_tenant(tenant))

        try:
            return await self._connection.call(call, seconds=BATCH)
        except NoTenant:
            return missing
        except NoCollection:
            self._aliases.forget()
            raise


def _batches(objects: Sequence[Object]) -> Iterator[Sequence[Object]]:
    batch: list[Object] = []
    size = 0
    for each in objects:
        characters = len(_words(each.properties))
        if batch and (len(batch) >= _TOGETHER or size + characters > _MOST_CHARACTERS):
            yield batch
            batch, size = [], 0
        batch.append(each)
        size += characters
    if batch:
        yield batch


def _of_another_model(document: Document, space: Space) -> bool:
    return document.embedding is not None and not is_of(document, space)


def _words(properties: Properties | None) -> str:
    return str((properties or {})["words"])


def _for_good(reason: str) -> str:
    """Raises Unavailable for what may pass later: no room on the disk, a shard that is loading."""
    if not any(said in reason.lower() for said in _FOR_GOOD):
        raise errors.Unavailable("The search index did not take everything")
    return f"refused by the search index: {reason[:200]}"


def _entry(found: Any) -> Entry:
    return Entry(MemoryId(found.properties["memory"]), int(found.properties["stamp"]))
