"""A turn is read after the two before it, however it came in; what stands alone is read alone."""

from collections.abc import Collection, Sequence

import pytest

from app.domain.memory import Memory
from app.ports.models import Embedding, Passage
from app.services.inputs import MemoryPatch, Mode, NewConversation, NewMemory, NewMessage
from app.services.remember import Remember
from app.services.vectors import Vectors
from tests.builders import an_embedding
from tests.services.conftest import Bench


class Noting:
    """An embedder that notes what it was given to read."""

    model, dimension = "small", 3

    def __init__(self) -> None:
        self.read_passages: list[Passage] = []

    async def embed(self, texts: Sequence[str]) -> list[Embedding]:
        return [an_embedding() for _ in texts]

    async def read(self, passages: Sequence[Passage]) -> list[Embedding]:
        self.read_passages += passages
        return [an_embedding() for _ in passages]

    async def ask(self, question: str, *, without: Collection[str] = ()) -> Embedding:
        return an_embedding()


@pytest.fixture
def noting() -> Noting:
    return Noting()


@pytest.fixture
def remember(bench: Bench, noting: Noting) -> Remember:
    return Remember(store=bench.store, vectors=Vectors(noting), clock=bench.clock, ids=bench.ids)


async def say(remember: Remember, bench: Bench, *lines: str, session: str | None = "monday") -> tuple[Memory, ...]:
    messages = tuple(NewMessage(name=name, text=text) for name, text in (line.split(": ") for line in lines))
    said = NewConversation(messages=messages, user="ada", session=session, mode=Mode.VERBATIM)
    return (await remember.add_conversation(bench.operator, conversation=said)).memories


async def test_turns_follow_each_other(bench: Bench, remember: Remember, noting: Noting) -> None:
    await say(remember, bench, "Ada: one", "Ben: two", "Ada: three", "Ben: four")
    assert noting.read_passages == [
        Passage("one"),
        Passage("Ben: two", ("Ada: one",)),
        Passage("Ada: three", ("Ada: one", "Ben: two")),
        Passage("Ben: four", ("Ben: two", "Ada: three")),
    ]


async def test_a_session_goes_on_where_it_stands(bench: Bench, remember: Remember, noting: Noting) -> None:
    await say(remember, bench, "Ada: one", "Ben: two", "Ada: three")
    noting.read_passages.clear()
    await say(remember, bench, "Ben: four")
    await say(remember, bench, "Ben: elsewhere", session="tuesday")
    await say(remember, bench, "Ben: anew", session=None)
    assert noting.read_passages == [
        Passage("Ben: four", ("Ben: two", "Ada: three")),
        Passage("elsewhere"),
        Passage("anew"),
    ]


async def test_notes_stand_alone(bench: Bench, remember: Remember, noting: Noting) -> None:
    notes = [NewMemory(text="tea", title="On drinks"), NewMemory(text="coffee", session="monday")]
    await remember.add_many(bench.operator, memories=notes)
    assert noting.read_passages == [Passage("On drinks. tea"), Passage("coffee")]


async def test_an_edited_turn_is_read_in_its_place(bench: Bench, remember: Remember, noting: Noting) -> None:
    *_, last = await say(remember, bench, "Ada: one", "Ben: two", "Ada: three")
    noting.read_passages.clear()
    await remember.update(bench.operator, memory=last.id, patch=MemoryPatch(text="drei"))
    assert noting.read_passages == [Passage("Ada: drei", ("Ada: one", "Ben: two"))]
