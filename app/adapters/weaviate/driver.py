"""The one door to the client library: importing it is slow, warns, and it would log what it sends."""

import logging
import warnings

with warnings.catch_warnings():
    # authlib tells its own users to move to httpx2, and turns the warning on for everybody while it is imported
    from authlib.deprecate import AuthlibDeprecationWarning  # type: ignore[import-untyped]  # it has no types

    warnings.filterwarnings("ignore", category=AuthlibDeprecationWarning)
    from weaviate import WeaviateAsyncClient
    from weaviate import exceptions as theirs
    from weaviate.auth import Auth
    from weaviate.classes.config import Configure, DataType, Property, StopwordsPreset, Tokenization, VectorDistances
    from weaviate.classes.data import DataObject
    from weaviate.classes.init import AdditionalConfig, Timeout
    from weaviate.classes.query import BM25Operator, Filter, MetadataQuery
    from weaviate.collections import CollectionAsync
    from weaviate.collections.classes.filters import _Filters as Condition
    from weaviate.connect import ConnectionParams

# A refused object is logged whole, and objects hold people's words.
logging.getLogger("weaviate-client").setLevel(logging.CRITICAL + 1)

__all__ = [
    "AdditionalConfig",
    "Auth",
    "BM25Operator",
    "CollectionAsync",
    "Condition",
    "Configure",
    "ConnectionParams",
    "DataObject",
    "DataType",
    "Filter",
    "MetadataQuery",
    "Property",
    "StopwordsPreset",
    "Timeout",
    "Tokenization",
    "VectorDistances",
    "WeaviateAsyncClient",
    "theirs",
]
