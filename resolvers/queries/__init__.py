"""The root of queries."""

import strawberry

from resolvers.queries.accounts import AccountQueries
from resolvers.queries.chronicle import ChronicleQueries
from resolvers.queries.decisions import DecisionQueries
from resolvers.queries.graph import GraphQueries
from resolvers.queries.keypaths import KeypathQueries
from resolvers.queries.memories import MemoryQueries
from resolvers.queries.nodes import NodeQueries
from resolvers.queries.notes import NoteQueries
from resolvers.queries.routing import RoutingQueries
from resolvers.queries.understanding import UnderstandingQueries
from resolvers.queries.vocabulary import VocabularyQueries
from resolvers.queries.webhooks import WebhookQueries
from resolvers.queries.work import WorkQueries


@strawberry.type(
    description="What can be asked. What is absent or hidden is null; a list that cannot be given is null with an error."
)
class Query(
    NodeQueries,
    MemoryQueries,
    KeypathQueries,
    ChronicleQueries,
    GraphQueries,
    UnderstandingQueries,
    RoutingQueries,
    DecisionQueries,
    AccountQueries,
    VocabularyQueries,
    NoteQueries,
    WebhookQueries,
    WorkQueries,
):
    pass
