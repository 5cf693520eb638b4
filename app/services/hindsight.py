"""A search as of then: the index of now proposes, texts that were replaced since too, and the versions of then decide."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.ids import MemoryId
from app.domain.memory import Glimpse, Memory
from app.domain.past import Then
from app.domain.query import MemoryFilter
from app.ports.store import Reader
from app.retrieval.ranking import Heard
from app.services.past import lasting, states_of


@dataclass(frozen=True, slots=True)
class Hindsight:
    """What a search has to know of the moment that it asks about; `wanted` is the filter on what stood then."""

    then: Then
    wanted: MemoryFilter

    @property
    def ever(self) -> MemoryFilter:
        """What the index of now is asked for."""
        return lasting(self.wanted, self.then)

    async def heard(self, reader: Reader, terms: Sequence[str], heard: Heard, *, limit: int) -> Heard:
        """With memories whose words of then were replaced. What their words are worth, their text of then tells."""
        if heard.words is None:
            return heard
        found = await reader.past.replaced(terms, project=self.wanted.project, limit=limit)
        return replace(heard, words={**dict.fromkeys(found, 1.0), **heard.words})

    async def glimpses(self, reader: Reader, seen: Sequence[Glimpse]) -> list[Glimpse]:
        """As they were. A vector is only of the text that stands now: one that was replaced has none."""
        states = await states_of(reader, self.then, [glimpse.id for glimpse in seen], self.wanted)
        return [_then(glimpse, states[glimpse.id]) for glimpse in seen if glimpse.id in states]

    async def living(self, reader: Reader, ids: Sequence[MemoryId]) -> dict[MemoryId, Memory]:
        wanted = [id_ for id_ in ids if not self.wanted.ids or id_ in self.wanted.ids]
        return await states_of(reader, self.then, wanted, self.wanted)


def _then(glimpse: Glimpse, memory: Memory) -> Glimpse:
    heading = " ".join(part for part in (memory.title, memory.summary) if part) or None
    same = (memory.text, heading) == (glimpse.text, glimpse.heading)
    return glimpse._replace(
        version=memory.version,
        text=memory.text,
        heading=heading,
        occurred_at=memory.occurred_at,
        valid_to=memory.valid_to,
        cosine=glimpse.cosine if same else None,
    )
