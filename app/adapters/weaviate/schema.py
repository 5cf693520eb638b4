"""A collection: what Weaviate keeps of a memory, and how.

`words` holds stems, repeated by the weight of where they stand; with every frequency doubled, a k1 of
2.4 gives what 1.2 gives on plain ones. Its text is stored nowhere else. Everything else is for filters,
as exact terms or as numbers: nothing is broken up, no vectorizer, no schema by guessing.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from app.adapters.weaviate.driver import (
    Configure,
    DataType,
    Property,
    StopwordsPreset,
    Tokenization,
    VectorDistances,
    WeaviateAsyncClient,
)

VERSION: Final = 1
"""Raised with every change of the properties: another generation, hence a reindex."""

EXACT_BELOW: Final = 40_000
"""So many candidates after the filter are compared one by one: below, the nearest are the nearest."""

_TEXTS: Final = ("memory", "project", "user", "agent", "session", "source", "kind", "type", "layer", "status")
_LISTS: Final = ("categories", "tags", "entities", "keypaths")
_MOMENTS: Final = ("occurred", "valid_from", "valid_to", "recorded", "expires")


@dataclass(frozen=True, slots=True)
class Space:
    """Which vectors are compared: those of one model and dimension."""

    model: str
    dimension: int

    @property
    def digest(self) -> str:
        return hashlib.sha256(f"{VERSION}\x1f{self.model}\x1f{self.dimension}".encode()).hexdigest()[:12]


async def create(client: WeaviateAsyncClient, name: str) -> None:
    await client.collections.create(
        name,
        properties=_properties(),
        multi_tenancy_config=Configure.multi_tenancy(auto_tenant_creation=True, auto_tenant_activation=True),
        inverted_index_config=Configure.inverted_index(bm25_k1=2.4, bm25_b=0.75, stopwords_preset=StopwordsPreset.NONE),
        vector_config=Configure.Vectors.self_provided(
            quantizer=Configure.VectorIndex.Quantizer.none(),
            vector_index_config=Configure.VectorIndex.hnsw(
                distance_metric=VectorDistances.COSINE, flat_search_cutoff=EXACT_BELOW, ef_construction=128, ef=256
            ),
        ),
    )


def _properties() -> list[Property]:
    return [
        Property(
            name="words",
            data_type=DataType.TEXT,
            tokenization=Tokenization.WHITESPACE,
            index_filterable=False,
            index_searchable=True,
        ),
        *(_exact(name, DataType.TEXT) for name in _TEXTS),
        *(_exact(name, DataType.TEXT_ARRAY) for name in _LISTS),
        *(_number(name, DataType.INT) for name in _MOMENTS),
        _number("importance", DataType.NUMBER),
        Property(name="forgotten", data_type=DataType.BOOL, index_filterable=True),
        Property(name="stamp", data_type=DataType.INT, index_filterable=False),
    ]


def _exact(name: str, kind: DataType) -> Property:
    return Property(
        name=name, data_type=kind, tokenization=Tokenization.FIELD, index_filterable=True, index_searchable=False
    )


def _number(name: str, kind: DataType) -> Property:
    return Property(name=name, data_type=kind, index_filterable=False, index_range_filters=True)
