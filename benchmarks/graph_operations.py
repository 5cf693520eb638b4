"""Fourteen operations on the graph: GraphQL beside the same work in hand-written Cypher.

python -m benchmarks.graph_operations
"""

import asyncio
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.domain.graph import EntityType, Relation
from app.domain.ids import MemoryId, RelationId
from app.domain.query import MemoryFilter, MemoryOrder, Window
from app.logs import configure_logs
from app.settings import Settings
from benchmarks import figures, texts
from benchmarks.figures import Report, Row
from benchmarks.filling import TYPES, Writing, admin_key, user_name, writing
from benchmarks.plain import FIELDS
from benchmarks.server import Caller, aside, folder, running
from benchmarks.stores import stores
from benchmarks.wire import Connection

USERS, EACH = 20, 500
BRANCHES, LEVELS = 3, 5
WARM, ROUNDS = 100, 300
HAND: Final = "by-hand"
"""The tenant under which the hand-written routes write."""
_MEMORY: Final = " ".join(FIELDS)
_ROW: Final = 1.5
_LIST: Final = 1.2
_JSON: Final = {"Content-Type": "application/json"}
_MADE: Final = frozenset({"id", "ids", "text", "type", "createdAt", "updatedAt"})
"""What two who write alike do not have in common."""

Asked = tuple[dict[str, Any], dict[str, Any]]
"""Variables for us, parameters for the hand-written route."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What there is to ask for. `tree` are entities by level, each related to its parent in the level above."""

    key: str
    tenant: str
    project: str
    memories: list[str]
    entities: list[str]
    tree: list[list[str]]
    by_hand: list[str] = field(default_factory=list)

    def scope(self) -> dict[str, Any]:
        return {"tenant": self.tenant, "project": self.project}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`route` is its name there; `limit` how many times as long ours may take, None where no goal was set."""

    label: str
    route: str
    document: str
    limit: float | None
    asked: Callable[[World, random.Random], Asked]


def _get(world: World, chance: random.Random) -> Asked:
    id_ = chance.choice(world.memories)
    return {"id": id_}, {"id": id_, **world.scope()}


def _get_many(world: World, chance: random.Random) -> Asked:
    ids = chance.sample(world.memories, 100)
    return {"ids": ids}, {"ids": ids, **world.scope()}


def _page(world: World, _: random.Random) -> Asked:
    return {}, world.scope()


def _filtered(world: World, chance: random.Random) -> Asked:
    user, types = user_name(chance.randrange(USERS)), chance.sample(TYPES, 2)
    ours = {"filter": {"users": [user], "types": types, "importanceMin": 0.4}}
    return ours, {"user": user, "types": types, "least": 0.4, **world.scope()}


def _ordered(world: World, chance: random.Random) -> Asked:
    user = user_name(chance.randrange(USERS))
    return {"user": user}, {"user": user, **world.scope()}


def _entity(world: World, chance: random.Random) -> Asked:
    id_ = chance.choice(world.entities)
    return {"id": id_}, {"id": id_, **world.scope()}


def _path(world: World, chance: random.Random) -> Asked:
    """Between two that are two to six steps apart. In a tree there is one path."""
    start, end = chance.sample(world.tree[3], 2)
    ends = {"start": start, "end": end}
    return ends, {**ends, **world.scope()}


def _create(world: World, chance: random.Random) -> Asked:
    text = texts.sentence(chance) + f" {chance.random()}"
    user = user_name(chance.randrange(USERS))
    shared = {"text": text, "type": chance.choice(TYPES), "importance": 0.7}
    ours = {"input": {**shared, "user": user, "mode": "VERBATIM"}}
    return ours, {"user": user, "memory": _node(world, shared), "tenant": HAND, "project": world.project}


def _create_many(world: World, chance: random.Random) -> Asked:
    user = user_name(chance.randrange(USERS))
    shared = [{"text": texts.sentence(chance), "session": f"s-{chance.randrange(10)}"} for _ in range(100)]
    ours = {"memories": [{**each, "user": user, "mode": "VERBATIM"} for each in shared]}
    rows = [{"session": each["session"], "memory": _node(world, {"text": each["text"]})} for each in shared]
    return ours, {"user": user, "memories": rows, "tenant": HAND, "project": world.project}


def _node(world: World, given: Mapping[str, Any]) -> dict[str, Any]:
    """All that a memory of ours is found by, so that the same indexes are kept."""
    now = time.time_ns() // 1_000
    fixed = {"id": f"mem_{now}_{random.random()}", "project": world.project, "layer": "RAW", "status": "PENDING"}
    found_by = {"digest": given["text"], "place": -1, "words": given["text"].lower(), "scope": HAND}
    rest = {"type": None, "importance": 0.5, "speaker": None, "created_at": now, "updated_at": now, "version": 1}
    return {**rest, **fixed, **found_by, **{name: value for name, value in given.items() if name in _NODE}}


_NODE: Final = frozenset({"text", "type", "importance"})


def _update(world: World, chance: random.Random) -> Asked:
    changed = {"title": f"title {chance.random()}", "importance": chance.randrange(1, 10) / 10}
    ours = {"input": {"id": world.memories.pop(), **changed}}
    return ours, {"id": world.by_hand.pop(), "tenant": HAND, **changed}


def _delete(world: World, _: random.Random) -> Asked:
    return {"id": world.memories.pop()}, {"id": world.by_hand.pop(), "tenant": HAND}


_EDGES: Final = "edges { source target kind type weight }"
OPERATIONS: Final = (
    Operation(
        label="get by id",
        route="get",
        document=f"query A($id: ID!) {{ memory(id: $id) {{ {_MEMORY} }} }}",
        limit=_ROW,
        asked=_get,
    ),
    Operation(
        label="get 100 by ids",
        route="get_many",
        document=f"query A($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Memory {{ {_MEMORY} }} }} }}",
        limit=_LIST,
        asked=_get_many,
    ),
    Operation(
        label="list, the newest 100",
        route="page",
        document=f"{{ memories(first: 100) {{ nodes {{ {_MEMORY} }} }} }}",
        limit=_LIST,
        asked=_page,
    ),
    Operation(
        label="list filtered by user, type and importance",
        route="filtered",
        document=f"""query A($filter: MemoryFilter) {{
          memories(filter: $filter, first: 100) {{ nodes {{ {_MEMORY} }} }} }}""",
        limit=_LIST,
        asked=_filtered,
    ),
    Operation(
        label="list of a user, ordered by when it happened",
        route="ordered",
        document=f"""query A($user: String!) {{
          memories(filter: {{users: [$user]}}, orderBy: {{field: OCCURRED_AT, direction: ASC}}, first: 100) {{
            nodes {{ {_MEMORY} }} }} }}""",
        limit=_LIST,
        asked=_ordered,
    ),
    Operation(
        label="memory with its entities",
        route="with_entities",
        document="query A($id: ID!) { memory(id: $id) { id text mentions { salience entity { id name type } } } }",
        limit=_ROW,
        asked=_get,
    ),
    Operation(
        label="entity with its newest 20 memories",
        route="with_memories",
        document="""query A($id: ID!) {
          entity(id: $id) { id name type memories(first: 20) { nodes { id text createdAt } } } }""",
        limit=_ROW,
        asked=_entity,
    ),
    Operation(
        label="neighbourhood, depth 2",
        route="neighborhood",
        document=f"""query A($id: ID!) {{
          neighborhood(from: $id, depth: 2, kinds: [MENTIONS, LINKS, RELATES], first: 100) {{
            nodes {{ id }} {_EDGES} }} }}""",
        limit=_LIST,
        asked=_get,
    ),
    Operation(
        label="shortest path",
        route="path",
        document=f"query A($start: ID!, $end: ID!) {{ paths(from: $start, to: $end) {{ nodeIds {_EDGES} }} }}",
        limit=_ROW,
        asked=_path,
    ),
    Operation(
        label="count by type",
        route="count",
        document="{ labelCounts(by: TYPE) { value count } }",
        limit=_ROW,
        asked=_page,
    ),
    Operation(
        label="create one",
        route="create",
        document=f"mutation A($input: AddMemoryInput!) {{ addMemory(input: $input) {{ memory {{ {_MEMORY} }} }} }}",
        limit=None,
        asked=_create,
    ),
    Operation(
        label="create 100 with their sessions",
        route="create_many",
        document="""mutation A($memories: [MemoryInput!]!) {
          addMemories(input: {memories: $memories}) {
            memories { id text session { externalId } user { externalId } } } }""",
        limit=None,
        asked=_create_many,
    ),
    Operation(
        label="update",
        route="update",
        document=f"mutation A($input: UpdateMemoryInput!) {{ updateMemory(input: $input) {{ memory {{ {_MEMORY} }} }} }}",
        limit=None,
        asked=_update,
    ),
    Operation(
        label="delete",
        route="delete",
        document="mutation A($id: ID!) { forgetMemories(input: {ids: [$id]}) { count ids } }",
        limit=None,
        asked=_delete,
    ),
)


def fill(settings: Settings) -> World:
    configure_logs(level="warning", format="auto")
    return asyncio.run(_fill(settings))


async def _fill(settings: Settings) -> World:
    async with writing(settings) as (writer, application):
        for number in range(USERS):
            await writer.write_user(number, EACH)
        tree = await _write_tree(writer)
        store, operator = application.services.store, application.operator
        async with store.read(operator) as reader:
            page = await reader.memories.page(
                Window(limit=USERS * EACH), where=MemoryFilter(), order=MemoryOrder.CREATED_AT, descending=False
            )
            memories = [row.item.id for row in page.rows]
            mentions = await reader.memories.mentions([MemoryId(id_) for id_ in memories])
        return World(
            key=await admin_key(application),
            tenant=operator.tenant,
            project=writer.project,
            memories=list(memories),
            entities=sorted({mention.entity for told in mentions for mention in told}),
            tree=tree,
        )


async def _write_tree(writer: Writing) -> list[list[str]]:
    levels = [
        [writer.entity(None, f"Matter {level} {number}", EntityType.CONCEPT) for number in range(BRANCHES**level)]
        for level in range(LEVELS)
    ]
    pairs = [
        (levels[level - 1][number // BRANCHES], one)
        for level in range(1, LEVELS)
        for number, one in enumerate(levels[level])
    ]
    async with writer.unit() as uow:
        await uow.entities.put_many([one for level in levels for one in level])
        await uow.entities.relate_many(
            [
                Relation(
                    id=RelationId(writer.new_id("relation")),
                    source=child.id,
                    target=parent.id,
                    type="part_of",
                    weight=0.5,
                    valid_from=None,
                    valid_to=None,
                    evidence=(),
                )
                for parent, child in pairs
            ]
        )
    return [[one.id for one in level] for level in levels]


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of each round: ours, the hand-written route's over HTTP, and of its driver call alone."""

    ours: list[float]
    route: list[float]
    bare: list[float]


class Pair:
    """Both sides, asked in turn; who goes first changes from round to round."""

    def __init__(self, ours: Caller, theirs: Connection) -> None:
        self._ours, self._theirs = ours, theirs

    def measured(self, operation: Operation, world: World) -> Times:
        chance = random.Random(operation.route)
        times = Times([], [], [])
        for number in range(WARM + ROUNDS):
            variables, parameters = operation.asked(world, chance)
            if number % 2:
                ours, mine = self._ask_us(operation, variables)
                theirs, route, bare = self.ask_them(operation.route, parameters)
            else:
                theirs, route, bare = self.ask_them(operation.route, parameters)
                ours, mine = self._ask_us(operation, variables)
            _demand_same(operation, ours, theirs)
            if number >= WARM:
                times.ours.append(mine)
                times.route.append(route)
                times.bare.append(bare)
        return times

    def _ask_us(self, operation: Operation, variables: Mapping[str, Any]) -> tuple[Any, float]:
        answer = self._ours.ask(operation.document, **variables)
        return answer.data, answer.seconds

    def ask_them(self, route: str, parameters: Mapping[str, Any]) -> tuple[Any, float, float]:
        """The data, seconds over HTTP, seconds of the driver call."""
        body = json.dumps(parameters).encode()
        started = time.perf_counter()
        status, content = self._theirs.post(f"/{route}", body, _JSON)
        seconds = time.perf_counter() - started
        assert status == 200, content[:500]
        answer = json.loads(content)
        return answer["data"], seconds, answer["seconds"]


def _demand_same(operation: Operation, ours: Any, theirs: Any) -> None:
    one, other = (_comparable(side, written=operation.route in _WRITTEN) for side in (ours, theirs))
    assert one == other, f"{operation.label}: {json.dumps(ours)[:1500]}\n{json.dumps(theirs)[:1500]}"


_WRITTEN: Final = frozenset({"create", "create_many", "update", "delete"})


def _comparable(data: Any, *, written: bool) -> Any:
    """Nodes and edges of a neighbourhood have no order; what was just made has ids and times of its own."""
    if isinstance(data, dict):
        kept = {name: _comparable(value, written=written) for name, value in data.items()}
        if "neighborhood" in kept:
            kept["neighborhood"] = {name: sorted(map(repr, found)) for name, found in kept["neighborhood"].items()}
        return {name: value for name, value in kept.items() if not (written and name in _MADE)}
    return [_comparable(each, written=written) for each in data] if isinstance(data, list) else data


def rows_of(operation: Operation, times: Times) -> Iterator[Row]:
    label = operation.label
    yield figures.spread(f"{label}: GraphQL", times.ours)
    yield figures.spread(f"{label}: hand-written route", times.route)
    yield figures.spread(f"{label}: its driver call alone", times.bare)
    for share, name in ((0.5, "p50"), (0.95, "p95")):
        ratio = figures.percentile(times.ours, share) / figures.percentile(times.route, share)
        what = f"{label}: GraphQL to route, {name}"
        goal = operation.limit if name == "p50" else None
        yield figures.plain(what, ratio, "x") if goal is None else figures.at_most(what, ratio, goal, "x")


def _written_by_hand(pair: Pair, world: World) -> None:
    """As many memories as ours, to be changed and removed."""
    chance = random.Random(11)
    for _ in range(USERS * EACH // 100):
        _, parameters = _create_many(world, chance)
        data, *_ = pair.ask_them("create_many", parameters)
        world.by_hand.extend(memory["id"] for memory in data["addMemories"]["memories"])


def run() -> Report:
    aside()
    with folder() as data, stores(data.parent) as ours:
        settings = {**ours.environment, "MNEMOGRAPH_JOB_WORKERS": "0"}
        world = fill(Settings.from_env({**settings, "MNEMOGRAPH_DATA": str(data)}))
        by_hand = ("-m", "benchmarks.handwritten")
        with (
            running(data, key=world.key, settings=settings) as server,
            running(data, settings=settings, command=by_hand) as other,
        ):
            pair = Pair(server.warm().caller(), Connection(other.address))
            _written_by_hand(pair, world)
            rows = [row for operation in OPERATIONS for row in rows_of(operation, pair.measured(operation, world))]
    return Report(
        title="Graph operations",
        how=f"{len(OPERATIONS)} operations over {USERS * EACH:,} memories of {USERS} users with their entities, and a tree of "
        f"{(BRANCHES**LEVELS - 1) // (BRANCHES - 1)} related entities. Each is asked of our server by GraphQL and of a "
        "Starlette route with the same work in hand-written Cypher (async driver, one statement, same indexes, same "
        f"nodes), in turn, who goes first alternating: {ROUNDS} rounds after {WARM} to warm up, every pair of answers "
        "compared. Both servers have the same one core, Neo4j all. Writes are compared as they are: ours also keeps a "
        "version, an event, a mark for the index, a job, and, in *create*, a vector.",
        rows=tuple(rows),
    )


if __name__ == "__main__":
    print(figures.text(run()))
