"""Clusters as flat rows and back."""

import json
from collections.abc import Iterable

import numpy as np

from app.adapters.records.values import Row, Value, dumped, micros, moment, strings
from app.domain.cluster import Cluster
from app.domain.ids import EntityId
from app.ports.clusters import Centre, Member
from app.ports.models import Embedding


def cluster_of(row: Row) -> Cluster:
    return Cluster(
        id=row["id"],
        project=row["project"],
        user=row["user"],
        name=row["name"],
        keywords=strings(row["keywords"]),
        terms=tuple((term, count) for term, count in json.loads(row["terms"])),
        weight=row["weight"],
        cohesion=row["cohesion"],
        created_at=moment(row["created_at"]),
        updated_at=moment(row["updated_at"]),
    )


def centre_of(row: Row) -> Centre:
    total = None if row["total"] is None else np.frombuffer(row["total"], dtype="<f4")
    return Centre(cluster=cluster_of(row), model=row["model"], total=total)


def centre_values(centre: Centre) -> dict[str, Value]:
    cluster, total = centre.cluster, centre.total
    return {
        "id": cluster.id,
        "project": cluster.project,
        "user": cluster.user,
        "name": cluster.name,
        "keywords": dumped(cluster.keywords),
        "terms": dumped(cluster.terms),
        "weight": cluster.weight,
        "cohesion": cluster.cohesion,
        "model": centre.model,
        "total": None if total is None else np.ascontiguousarray(total, dtype="<f4").tobytes(),
        "created_at": micros(cluster.created_at),
        "updated_at": micros(cluster.updated_at),
    }


def member_of(row: Row) -> Member:
    title, text = row["title"], row["text"]
    return Member(
        memory=row["id"],
        cluster=row["cluster"],
        text=f"{title}. {text}" if title else text,
        embedding=Embedding(row["model"], np.frombuffer(row["data"], dtype="<f4")),
        entities=tuple(sorted(map(EntityId, strings(row["entities"])))),
    )


def by_id(members: Iterable[Member]) -> list[Member]:
    return sorted(members, key=lambda member: member.memory)
