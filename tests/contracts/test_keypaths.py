"""Addresses: who stands at a keypath, what lies below one, what stood there before."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.ids import MemoryId, ProjectId, UserId
from app.domain.keypath import Branch, Place, levels_of
from app.domain.memory import Memory
from app.domain.query import Page, Position, Window
from tests.builders import NOON, PROJECT, a_memory, a_principal, an_event
from tests.contracts.conftest import WholeStore

US = a_principal()
ADA = UserId("usr_1")
ROOT = Branch(project=PROJECT, user=None)
ALL = Window(limit=1_000)


def at(keypath: str, *, user: UserId | None = None) -> Place:
    return Place(project=PROJECT, user=user, keypath=keypath)


async def put(store: WholeStore, *memories: Memory) -> None:
    async with store.write(US) as uow:
        await uow.memories.put_many(memories)
        for memory in memories:
            uow.emit(an_event(subject=memory.id))


def filed(*paths: str) -> list[Memory]:
    return [a_memory(id=MemoryId(f"mem_{number}"), keypath=path) for number, path in enumerate(paths, start=1)]


async def twigs(store: WholeStore, branch: Branch) -> list[tuple[str, str | None, int]]:
    async with store.read(US) as reader:
        return [
            (row.item.path, row.item.memory, row.item.below)
            for row in (await reader.keypaths.page(ALL, branch=branch)).rows
        ]


async def test_a_place_belongs_to_its_project_and_user(store: WholeStore) -> None:
    here = a_memory(keypath="a.b")
    hers = a_memory(id=MemoryId("mem_2"), keypath="a.b", user=ADA)
    elsewhere = a_memory(id=MemoryId("mem_3"), keypath="a.b", project=ProjectId("prj_2"))
    await put(store, here, hers, elsewhere)
    async with store.read(US) as reader:
        asked = [at("a.b"), at("a.b", user=ADA), at("a"), at("a.b", user=UserId("usr_9"))]
        assert await reader.keypaths.at(asked) == [here, hers, None, None]
        assert await reader.keypaths.at([]) == []


async def test_the_living_stand_before_the_forgotten_and_the_last_changed_before_others(store: WholeStore) -> None:
    gone = a_memory(keypath="a", deleted_at=NOON, updated_at=NOON + timedelta(hours=2))
    early = a_memory(id=MemoryId("mem_2"), keypath="b", deleted_at=NOON)
    late = a_memory(id=MemoryId("mem_3"), keypath="b", deleted_at=NOON, updated_at=NOON + timedelta(hours=1))
    live = a_memory(id=MemoryId("mem_4"), keypath="a")
    await put(store, gone, early, late, live)
    async with store.read(US) as reader:
        assert await reader.keypaths.at([at("a"), at("b")]) == [live, late]


async def test_paths_are_cut_and_count_what_is_below(store: WholeStore) -> None:
    await put(store, *filed("a", "a.b.c", "a.b.d", "a-b", "b.x", "ab"))
    assert await twigs(store, replace(ROOT, depth=1)) == [
        ("a", "mem_1", 2),
        ("a-b", "mem_4", 0),
        ("ab", "mem_6", 0),
        ("b", None, 1),
    ]
    assert await twigs(store, replace(ROOT, prefix="a", depth=1)) == [("a.b", None, 2)]
    assert await twigs(store, replace(ROOT, prefix="a")) == [("a.b.c", "mem_2", 0), ("a.b.d", "mem_3", 0)]
    assert await twigs(store, replace(ROOT, prefix="a.b.c")) == []


async def test_what_lies_below_has_the_prefix_itself_and_no_neighbours(store: WholeStore) -> None:
    gone = a_memory(id=MemoryId("mem_9"), keypath="a.z", deleted_at=NOON)
    await put(store, *filed("a", "a.b", "a-b", "ab", "b"), gone)
    async with store.read(US) as reader:
        assert await reader.keypaths.below(replace(ROOT, prefix="a")) == ["mem_1", "mem_2"]
        assert len(await reader.keypaths.below(ROOT)) == 5
        assert await reader.keypaths.below(replace(ROOT, user=ADA)) == []


async def test_a_history_goes_over_every_memory_that_stood_there(store: WholeStore) -> None:
    first = a_memory(keypath="a", text="one")
    await put(store, first)
    await put(store, replace(first, version=2, deleted_at=NOON))
    await put(
        store, a_memory(id=MemoryId("mem_2"), keypath="a", text="two"), a_memory(id=MemoryId("mem_3"), keypath="b")
    )
    async with store.read(US) as reader:
        page = await reader.keypaths.history(at("a"), Window(limit=2))
        rest = await reader.keypaths.history(at("a"), Window(limit=2, position=page.rows[-1].position))
        back = await reader.keypaths.history(at("a"), Window(limit=2, backward=True))
    told = [(row.item.memory.id, row.item.version, row.item.memory.text) for row in page.rows]
    assert (told, page.more) == ([("mem_2", 1, "two"), ("mem_1", 2, "one")], True)
    assert [(row.item.memory.id, row.item.version) for row in rest.rows] == [("mem_1", 1)]
    assert [(row.item.memory.id, row.item.version) for row in back.rows] == [("mem_1", 2), ("mem_1", 1)]


NAMES = st.sampled_from(["a", "b", "ä", "a-b", "a%2Eb", "日"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map(".".join)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    paths=st.sets(PATHS, max_size=12),
    prefix=st.none() | PATHS,
    depth=st.none() | st.integers(1, 3),
    size=st.integers(1, 3),
)
async def test_a_branch_is_what_a_plain_list_says(
    store: WholeStore, paths: set[str], prefix: str | None, depth: int | None, size: int
) -> None:
    async with store.write(US) as uow:
        everything = [row.item for row in (await uow.keypaths.page(ALL, branch=ROOT)).rows]
        await uow.memories.erase([twig.memory for twig in everything if twig.memory])
        await uow.memories.put_many(filed(*sorted(paths)))
    branch = replace(ROOT, prefix=prefix, depth=depth)
    levels = None if depth is None else levels_of(prefix) + depth
    below = [path for path in paths if prefix is None or path.startswith(prefix + ".")]
    expected = sorted({".".join(path.split(".")[:levels]) for path in below})
    async with store.read(US) as reader:
        found: list[str] = []
        position: Position | None = None
        more = True
        while more:
            page: Page[object] = await reader.keypaths.page(Window(limit=size, position=position), branch=branch)  # type: ignore[assignment]
            found += [row.position.id for row in page.rows]
            position = page.rows[-1].position if page.rows else None
            more = page.more
        backward = await reader.keypaths.page(Window(limit=1_000, backward=True), branch=branch)
    assert found == expected
    assert [row.item.path for row in backward.rows] == expected
    assert [row.item.below for row in backward.rows] == [
        sum(path.startswith(each + ".") for path in paths) for each in expected
    ]
