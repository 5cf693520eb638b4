"""Grouping: the same in the same order, ids that stay, merges under the older."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.domain.cluster import Cluster
from app.domain.ids import ClusterId, EntityId, MemoryId
from app.ports.clusters import Centre, Member
from app.understanding.grouping import assign, rebalance
from app.understanding.naming import keywords_of
from tests.builders import NOON, PROJECT, an_embedding


def beginning() -> Callable[[], Cluster]:
    numbers = count(1)

    def begin() -> Cluster:
        number = next(numbers)
        moment = NOON + timedelta(seconds=number)
        return Cluster(id=ClusterId(f"cls_{number}"), project=PROJECT, user=None, created_at=moment, updated_at=moment)

    return begin


def a_member(number: int, *vector: float, cluster: str | None = None, entities: tuple[str, ...] = ()) -> Member:
    return Member(
        memory=MemoryId(f"mem_{number:03}"),
        cluster=ClusterId(cluster) if cluster else None,
        text=f"word{number} common",
        embedding=an_embedding(*vector),
        entities=tuple(map(EntityId, entities)),
    )


def a_centre_of(id_: str, age: int, member: Member) -> Centre:
    moment = NOON + timedelta(seconds=age)
    cluster = Cluster(id=ClusterId(id_), project=PROJECT, user=None, weight=1, created_at=moment, updated_at=moment)
    return Centre(cluster=cluster, model="small", total=member.embedding.vector)


def test_near_ones_share_a_group_and_far_ones_begin_their_own() -> None:
    members = [a_member(1, 1, 0, 0), a_member(2, 1, 0.1, 0), a_member(3, 0, 0, 1)]
    found = assign([], members, begin=beginning(), model="small", now=NOON)
    assert found.places == {"mem_001": "cls_1", "mem_002": "cls_1", "mem_003": "cls_2"}
    assert [(centre.cluster.id, centre.cluster.weight) for centre in found.centres] == [("cls_1", 2), ("cls_2", 1)]
    assert found.centres[0].cluster.terms[0] == ("common", 2)


def test_a_shared_entity_tips_the_scales() -> None:
    """As near to one as to the other, it goes where its entity is."""
    known = [a_member(1, 1, 0, 0), a_member(2, 0, 1, 0, entities=("ent_ada",))]
    centres = assign([], known, begin=beginning(), model="small", now=NOON).centres
    new = a_member(3, 1, 1, 0, entities=("ent_ada",))
    assert assign(centres, [new], begin=beginning(), model="small", now=NOON).places == {"mem_003": "cls_2"}


def test_vectors_of_another_model_are_left_alone() -> None:
    old = a_centre_of("cls_old", 0, a_member(1, 1, 0, 0))
    found = assign([old], [a_member(2, 1, 0, 0)], begin=beginning(), model="other", now=NOON)
    assert found.places == {"mem_002": "cls_1"}


def test_of_two_that_become_one_the_older_id_stays() -> None:
    members = [a_member(1, 1, 0.2, 0, cluster="cls_young"), a_member(2, 1, 0, 0.2, cluster="cls_old")]
    centres = [a_centre_of("cls_young", 9, members[0]), a_centre_of("cls_old", 1, members[1])]
    found = rebalance(centres, members, begin=beginning(), model="small", now=NOON)
    assert found.places == {"mem_001": "cls_old", "mem_002": "cls_old"}
    assert found.gone == ("cls_young",)
    assert [(centre.cluster.id, centre.cluster.weight) for centre in found.centres] == [("cls_old", 2)]


def test_keywords_are_what_the_others_do_not_have() -> None:
    here = {"cello": 3, "evening": 3, "bows": 1, "bow": 1, "ent_" + "0" * 26: 3}
    assert keywords_of(here, [{"evening": 4}, {"evening": 2, "dog": 1}])[:3] == ("cello", "bow", "evening")


points = st.lists(
    st.tuples(*[st.floats(-1, 1, allow_nan=False, width=16)] * 3).filter(lambda v: float(np.linalg.norm(v)) > 0.1),
    min_size=1,
    max_size=25,
)


@given(points)
def test_everyone_has_one_place_and_a_second_look_changes_no_id(vectors: list[tuple[float, ...]]) -> None:
    members = [a_member(number, *vector) for number, vector in enumerate(vectors)]
    begin = beginning()
    first = assign([], members, begin=begin, model="small", now=NOON)
    assert first.places.keys() == {member.memory for member in members}
    again = assign([], members, begin=beginning(), model="small", now=NOON)
    assert again.places == first.places
    placed = [
        Member(memory=m.memory, cluster=first.places[m.memory], text=m.text, embedding=m.embedding, entities=m.entities)
        for m in members
    ]
    later = rebalance(first.centres, placed, begin=begin, model="small", now=NOON)
    assert later.places.keys() == first.places.keys()
    weights = {centre.cluster.id: centre.cluster.weight for centre in later.centres}
    assert sum(weights.values()) == len(members)
    assert set(later.places.values()) == weights.keys()
