"""What stands out, and why."""

from dataclasses import replace
from datetime import timedelta

from app.domain.ids import ClusterId, EntityId
from app.domain.memory import LinkType
from app.understanding.insights import InsightKind, Scene, insights_in
from tests.builders import NOON, a_centre, a_link, a_memory, an_entity

TEA = a_centre().cluster
OLD = NOON - timedelta(days=100)
MEMORIES = [a_memory(id=f"mem_{n}", text=f"Text {n}") for n in (4, 3, 2, 1)]
SCENE = Scene(
    memories=MEMORIES,
    clusters={TEA.id: TEA},
    places={memory.id: TEA.id for memory in MEMORIES},
    mentions={},
    entities={},
    links=[],
    now=NOON,
)


def told(scene: Scene, kind: InsightKind) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.why, one.memories) for one in insights_in(scene) if one.kind is kind]


def test_a_theme_has_its_share_and_its_memories() -> None:
    ids = ("mem_4", "mem_3", "mem_2", "mem_1")
    assert told(SCENE, InsightKind.THEME) == [("4 of 4 memories are about tea, cups.", ids)]
    assert told(replace(SCENE, places={MEMORIES[0].id: ClusterId("cls_1")}), InsightKind.THEME) == []


def test_what_grows_came_lately() -> None:
    mixed = [*MEMORIES[:3], replace(MEMORIES[3], created_at=OLD)]
    why = "3 memories about tea, cups came in the last 30 days, 1 before."
    assert told(replace(SCENE, memories=mixed), InsightKind.GROWING) == [(why, ("mem_4", "mem_3", "mem_2"))]
    assert told(SCENE, InsightKind.GROWING) == []
    older = [*MEMORIES[:2], *(replace(memory, created_at=OLD) for memory in MEMORIES[2:])]
    assert told(replace(SCENE, memories=older), InsightKind.GROWING) == []


def test_two_that_are_often_named_together_are_a_pattern() -> None:
    ada, tea = an_entity(name="Ada"), an_entity(id="ent_2", name="Tea")
    mentions = {memory.id: [EntityId("ent_1"), EntityId("ent_2")] for memory in MEMORIES[:3]}
    scene = replace(SCENE, clusters={}, mentions=mentions, entities={ada.id: ada, tea.id: tea})
    why = "Ada and Tea are named together in 3 memories."
    assert told(scene, InsightKind.PATTERN) == [(why, ("mem_4", "mem_3", "mem_2"))]
    assert told(replace(scene, entities={ada.id: ada}), InsightKind.PATTERN) == []


def test_what_falls_on_one_day_of_the_week_is_a_pattern() -> None:
    weekly = [replace(m, occurred_at=NOON - timedelta(weeks=n)) for n, m in enumerate(MEMORIES[:3])]
    scene = replace(SCENE, memories=[*weekly, replace(MEMORIES[3], occurred_at=NOON - timedelta(days=1))])
    why = "3 of 4 dates about tea, cups are a Friday."
    assert told(scene, InsightKind.PATTERN) == [(why, ("mem_4", "mem_3", "mem_2"))]


def test_what_is_past_or_important_and_untouched_is_stale() -> None:
    memories = [
        replace(MEMORIES[0], valid_to=NOON - timedelta(days=1)),
        replace(MEMORIES[1], importance=0.9, updated_at=OLD),
        replace(MEMORIES[2], importance=0.9),
        replace(MEMORIES[3], updated_at=OLD),
    ]
    assert told(replace(SCENE, memories=memories), InsightKind.STALE) == [
        ("It is important (0.9) and has not been touched for 100 days.", ("mem_3",)),
        ("It was true until 2026-11-19.", ("mem_4",)),
    ]


def test_what_contradicts_is_told_once() -> None:
    link = a_link(source="mem_1", target="mem_2", type=LinkType.CONTRADICTION)
    links = [link, link, a_link(source="mem_1", target="mem_3"), replace(link, target=a_memory(id="mem_9").id)]
    why = "“Text 1” contradicts “Text 2”."
    assert told(replace(SCENE, links=links), InsightKind.CONFLICTING) == [(why, ("mem_1", "mem_2"))]
