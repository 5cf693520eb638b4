"""What does not hold together, through the schema."""

from typing import Any

from app.domain.decisions import Decision
from app.domain.ids import DecisionId, MemoryId, ProjectId
from tests.api.schema.world import World
from tests.builders import NOON

RESOLVE = (
    "mutation($input: ResolveDecisionInput!) { resolveDecision(input: $input) { decision { outcome reason state }"
    " userErrors { code field } } }"
)
LIST = (
    "query($state: DecisionState) { decisions(state: $state) { nodes { id state why confidence outcome settledBy"
    " newer { text } older { text } } } }"
)


async def opened(world: World) -> tuple[str, dict[str, Any], dict[str, Any]]:
    older, newer = await world.add("Ana lives in Lyon."), await world.add("Ana lives in Porto.")
    decision = Decision(
        id=DecisionId(world.ids.new("decision")),
        project=ProjectId(older["project"]["id"]),
        user=None,
        newer=MemoryId(newer["id"]),
        older=MemoryId(older["id"]),
        why="two values for home",
        confidence=0.6,
        opened_at=NOON,
    )
    async with world.store.write(world.principal()) as uow:
        await uow.decisions.put_many([decision])
    return decision.id, older, newer


async def test_an_open_decision_is_shown_and_settled(world: World) -> None:
    id_, older, newer = await opened(world)
    assert (await world.ask(LIST, {"state": "OPEN"}))["decisions"]["nodes"] == [
        {
            "id": id_,
            "state": "OPEN",
            "why": "two values for home",
            "confidence": 0.6,
            "outcome": None,
            "settledBy": None,
            "newer": {"text": "Ana lives in Porto."},
            "older": {"text": "Ana lives in Lyon."},
        }
    ]
    done = await world.ask(RESOLVE, {"input": {"decision": id_, "outcome": "KEEP_NEWER", "reason": "she moved"}})
    assert done["resolveDecision"] == {
        "decision": {"outcome": "KEEP_NEWER", "reason": "she moved", "state": "SETTLED"},
        "userErrors": [],
    }
    asked = "query($id: ID!) { memory(id: $id) { validTo links { type reason source { id } } } node(id: $id) { id } }"
    shown = (await world.ask(asked, {"id": older["id"]}))["memory"]
    assert shown["validTo"] is not None
    assert shown["links"] == [{"type": "SUPERSEDES", "reason": "she moved", "source": {"id": newer["id"]}}]
    assert (await world.ask(LIST, {"state": "OPEN"}))["decisions"]["nodes"] == []
    found = await world.ask("query($id: ID!) { decision(id: $id) { outcome } }", {"id": id_})
    assert found == {"decision": {"outcome": "KEEP_NEWER"}}


async def test_a_decision_needs_a_reason(world: World) -> None:
    id_, *_ = await opened(world)
    refused = await world.ask(RESOLVE, {"input": {"decision": id_, "outcome": "KEEP_BOTH", "reason": " "}})
    assert refused["resolveDecision"]["userErrors"] == [{"code": "blank", "field": ["input", "reason"]}]


async def test_a_memory_tells_by_whom_it_is_said(world: World) -> None:
    one, two = await world.add("Ana lives in Lyon."), await world.add("Lyon is where Ana lives.")
    link = "mutation($s: ID!, $t: ID!) { linkMemories(input: {links: [{source: $s, target: $t, type: SIMILAR}]}) { userErrors { code } } }"
    await world.ask(link, {"s": two["id"], "t": one["id"]})
    asked = "query($id: ID!) { memory(id: $id) { saidCount saidBy { id } } }"
    assert (await world.ask(asked, {"id": one["id"]}))["memory"] == {"saidCount": 1, "saidBy": [{"id": two["id"]}]}
    assert (await world.ask(asked, {"id": two["id"]}))["memory"] == {"saidCount": 0, "saidBy": []}
