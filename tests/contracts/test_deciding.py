"""What does not hold together: found by extraction, kept in the record, settled and settled anew."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.domain import errors
from app.domain.decisions import Decision, DecisionState, Outcome
from app.domain.graph import EntityType
from app.domain.ids import DecisionId, MemoryId, UserId
from app.domain.memory import Kind, LinkType, Memory
from app.extraction.findings import Finding, FoundEntity
from app.ports.models import Embedding
from app.services.deciding import Deciding
from app.services.facts import Claims, Facts
from app.services.inputs import Slice
from app.services.vectors import Vectors
from tests.builders import (
    NOON,
    a_decision,
    a_memory,
    a_mention,
    a_principal,
    a_project,
    a_user,
    an_embedding,
    an_entity,
)
from tests.contracts.conftest import WholeStore
from tests.fakes import CountingIds, FixedClock

US = a_principal()
OLD, NEW = MemoryId("mem_1"), MemoryId("mem_2")
LATER = NOON + timedelta(days=1)
DEC = DecisionId("dec_1")


class FarApart:
    """No text is near another."""

    model, dimension = "small", 64

    def __init__(self) -> None:
        self._read = 0

    async def embed(self, texts: Any) -> list[Embedding]:
        found = []
        for _ in texts:
            self._read += 1
            found.append(an_embedding(*(1.0 if place == self._read % 64 else 0.0 for place in range(64))))
        return found

    async def read(self, passages: Any) -> list[Embedding]:
        return await self.embed(passages)

    async def ask(self, question: str, *, without: Any = ()) -> Embedding:
        return (await self.embed([question]))[0]


@pytest.fixture
async def deciding(store: WholeStore, clock: FixedClock) -> Deciding:
    """Ana lives in Lyon, said at noon; something else of Ana, said a day later."""
    async with store.write(US) as uow:
        await uow.projects.put(a_project())
        await uow.users.put(a_user())
        await uow.memories.put_many([lyon(), lyon(id=NEW, text="Ana lives in Porto.", created_at=LATER)])
        await uow.entities.put_many([an_entity(name="Ana")])
        await uow.memories.mention_many({OLD: [a_mention(memory=OLD)]})
    return Deciding(store=store, clock=clock)


def lyon(**changes: Any) -> Memory:
    return a_memory(**({"id": OLD, "text": "Ana lives in Lyon.", "kind": Kind.SEMANTIC} | changes))


async def said(store: WholeStore, text: str, *, id: str = "mem_3", user: UserId | None = None) -> Memory:
    """A new statement about Ana, judged and written as extraction does."""
    memory = a_memory(id=MemoryId(id), text=text, user=user, kind=Kind.SEMANTIC, created_at=LATER)
    ana = FoundEntity(name="Ana", type=EntityType.PERSON, start=0, end=3)
    claims = Claims(store=store, index=store, vectors=Vectors(FarApart()))
    async with store.write(US) as uow:
        await uow.memories.put_many([memory])
    gathered = await claims.gather(US, [(memory, Finding(kind=Kind.SEMANTIC, entities=(ana,)))])
    async with store.write(US) as uow:
        await Facts(uow, CountingIds(), LATER).write(gathered)
    return memory


async def until(store: WholeStore, *ids: MemoryId) -> list[datetime | None]:
    async with store.read(US) as reader:
        return [memory.valid_to if memory else None for memory in await reader.memories.get_many(ids)]


async def ties(store: WholeStore, memory: MemoryId) -> list[tuple[MemoryId, LinkType, MemoryId, str | None]]:
    async with store.read(US) as reader:
        return [(one.source, one.type, one.target, one.reason) for one in (await reader.memories.links([memory]))[0]]


async def listed(deciding: Deciding, state: DecisionState | None = None, user: str | None = None) -> list[Decision]:
    page = await deciding.decisions(US, project=None, user=user, state=state, page=Slice())
    return [item.node for item in page.items]


async def opened(store: WholeStore, **changes: Any) -> None:
    async with store.write(US) as uow:
        await uow.decisions.put_many([a_decision(newer=NEW, older=OLD, **changes)])


async def test_a_change_that_shares_but_a_name_supersedes_and_says_why(store: WholeStore, deciding: Deciding) -> None:
    new = await said(store, "Ana moved to Porto in March.")
    assert await until(store, OLD) == [LATER]
    assert await ties(store, OLD) == [(new.id, LinkType.SUPERSEDES, OLD, "home is now Porto")]
    (decision,) = await listed(deciding, DecisionState.SETTLED)
    assert (decision.newer, decision.older, decision.outcome) == (new.id, OLD, Outcome.KEEP_NEWER)
    assert (decision.settled_by, decision.reason, decision.confidence) == ("rules", "home is now Porto", 0.85)


async def test_what_is_uncertain_is_left_open(store: WholeStore, deciding: Deciding) -> None:
    async with store.write(US) as uow:
        await uow.memories.put_many([lyon(id=NEW, text="Nothing of the kind.", version=2)])
    new = await said(store, "Ana lives in Braga.")
    assert await until(store, OLD) == [None]
    assert await ties(store, OLD) == [(new.id, LinkType.CONTRADICTION, OLD, "two values for home")]
    (decision,) = await listed(deciding)
    assert (decision.state, decision.why) == (DecisionState.OPEN, "two values for home")


@pytest.mark.parametrize("text", ["Ana might move to Porto.", "Ana's sister moved to Porto.", "Ana plays chess."])
async def test_what_changes_nothing_decides_nothing(store: WholeStore, deciding: Deciding, text: str) -> None:
    await said(store, text)
    assert (await until(store, OLD), await listed(deciding)) == ([None], [])


async def test_what_one_user_says_decides_nothing_about_what_is_shared(store: WholeStore, deciding: Deciding) -> None:
    await said(store, "Ana moved to Porto in March.", user=UserId("usr_1"))
    assert (await until(store, OLD), await listed(deciding)) == ([None], [])


async def test_a_text_that_is_read_again_does_not_ask_again(store: WholeStore, deciding: Deciding) -> None:
    await said(store, "Ana moved to Porto in March.")
    (decision,) = await listed(deciding)
    await deciding.resolve(US, decision=decision.id, outcome=Outcome.KEEP_BOTH, reason="two homes")
    await said(store, "Ana moved to Porto in March.")
    assert await until(store, OLD) == [None]
    assert [one.outcome for one in await listed(deciding)] == [Outcome.KEEP_BOTH]


@pytest.mark.parametrize(
    ("outcome", "ends", "tie"),
    [
        (Outcome.KEEP_NEWER, [LATER, None], [(NEW, LinkType.SUPERSEDES, OLD, "because")]),
        (Outcome.KEEP_OLDER, [None, LATER], [(OLD, LinkType.SUPERSEDES, NEW, "because")]),
        (Outcome.KEEP_BOTH, [None, None], []),
        (Outcome.REJECT_BOTH, [LATER, LATER], [(NEW, LinkType.CONTRADICTION, OLD, "because")]),
    ],
)
@pytest.mark.parametrize("before", [None, *Outcome])
async def test_an_outcome_ends_what_no_longer_holds(
    store: WholeStore, deciding: Deciding, before: Outcome | None, outcome: Outcome, ends: list[Any], tie: list[Any]
) -> None:
    """The same whether it was open, or settled otherwise before."""
    await opened(store)
    if before:
        await deciding.resolve(US, decision=DEC, outcome=before, reason="first")
    settled = await deciding.resolve(US, decision=DEC, outcome=outcome, reason=" because ")
    assert (settled.state, settled.reason, settled.settled_by) == (DecisionState.SETTLED, "because", "tester")
    assert await until(store, OLD, NEW) == ends
    assert await ties(store, OLD) == tie
    assert await listed(deciding) == [settled]
    assert await listed(deciding, DecisionState.OPEN) == []


async def test_what_ended_by_itself_is_not_brought_back(store: WholeStore, deciding: Deciding) -> None:
    async with store.write(US) as uow:
        await uow.memories.put_many([lyon(valid_to=NOON, version=2)])
    await opened(store)
    await deciding.resolve(US, decision=DEC, outcome=Outcome.KEEP_NEWER, reason="x")
    await deciding.resolve(US, decision=DEC, outcome=Outcome.KEEP_BOTH, reason="x")
    assert await until(store, OLD) == [NOON]


async def test_what_cannot_be_settled_says_so(store: WholeStore, deciding: Deciding) -> None:
    await opened(store)
    with pytest.raises(errors.Invalid, match="reason: must not be blank"):
        await deciding.resolve(US, decision=DEC, outcome=Outcome.KEEP_BOTH, reason=" ")
    with pytest.raises(errors.NotFound, match="there is no decision dec_9"):
        await deciding.resolve(US, decision=DecisionId("dec_9"), outcome=Outcome.KEEP_BOTH, reason="x")
    async with store.write(US) as uow:
        await uow.memories.put_many([lyon(deleted_at=NOON, version=2)])
    with pytest.raises(errors.Conflict, match="forgotten; restore it first"):
        await deciding.resolve(US, decision=DEC, outcome=Outcome.KEEP_BOTH, reason="x")


async def test_an_erased_memory_takes_its_decisions_along(store: WholeStore, deciding: Deciding) -> None:
    await opened(store)
    async with store.write(US) as uow:
        await uow.memories.erase([OLD])
    assert await listed(deciding) == []


async def test_decisions_are_listed_by_user_state_and_age(store: WholeStore, deciding: Deciding) -> None:
    ada = UserId("usr_1")
    third = MemoryId("mem_3")
    async with store.write(US) as uow:
        await uow.memories.put_many([lyon(id=third, user=ada)])
        await uow.memories.put_many([lyon(id=MemoryId("mem_4"), user=ada)])
        hers = a_decision(id=DecisionId("dec_2"), user=ada, newer=third, older=MemoryId("mem_4"), opened_at=LATER)
        first = a_decision(newer=NEW, older=OLD)
        await uow.decisions.put_many([first, hers, replace(first, id=DecisionId("dec_0"), newer=OLD, older=NEW)])
    assert [one.id for one in await listed(deciding)] == ["dec_2", "dec_1", "dec_0"]
    assert [one.id for one in await listed(deciding, user="ada")] == ["dec_2"]
    assert await listed(deciding, user="nobody") == []
    assert [await deciding.count(US, project=None, user=each, state=None) for each in (None, "ada", "nobody")] == [
        3,
        1,
        0,
    ]
    assert await deciding.count(US, project=None, user=None, state=DecisionState.SETTLED) == 0
    first_page = await deciding.decisions(US, project="default", user=None, state=None, page=Slice(first=2))
    rest = await deciding.decisions(
        US, project="default", user=None, state=None, page=Slice(first=2, after=first_page.items[-1].cursor)
    )
    assert ([one.node.id for one in rest.items], first_page.has_next, rest.has_next) == (["dec_0"], True, False)
