"""Memories that are about the same."""

from datetime import datetime

import strawberry

from app.domain.query import MemoryFilter
from resolvers.fields import PROJECT, USER, linked, related
from resolvers.types.connection import Connection
from resolvers.types.lists import memories_of
from resolvers.types.node import Node


@strawberry.type(
    name="Cluster", description="Memories that are about the same, by meaning and by the entities they share."
)
class ClusterType(Node):
    name: str = strawberry.field(description="What it is about: the words that tell it from the others.")
    keywords: list[str] = strawberry.field(description="At most six such words, the most telling first.")
    cohesion: float = strawberry.field(
        description="How alike its memories are, 0 to 1: their mean cosine to its centre."
    )
    created_at: datetime = strawberry.field(description="When its first memory came. Its id stays from then on.")
    updated_at: datetime = strawberry.field(description="When a memory last came or went.")
    size = related(int, lambda loaders: loaders.cluster_sizes, "How many living memories it has.")
    project = linked(PROJECT, lambda cluster: cluster.project, lambda loaders: loaders.projects, "Where it belongs.")
    user = linked(
        USER,
        lambda cluster: cluster.user,
        lambda loaders: loaders.users,
        "The one end user whom its memories are about; null where they are about nobody.",
    )
    members = memories_of(
        lambda cluster: MemoryFilter(project=cluster.project, clusters=(cluster.id,)), "Its memories, newest first."
    )


@strawberry.type(name="ClusterConnection", description="A page of clusters.")
class ClusterConnection(Connection[ClusterType]):
    pass
