"""A knowledge page: what the graph holds of one entity, in Markdown, each line with the memories that say so."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from app.domain.decisions import said_at
from app.domain.graph import Entity, Relation
from app.domain.ids import EntityId, MemoryId
from app.domain.memory import Memory

LINES: Final = 20
"""A section has at most as many."""
_WIDTH: Final = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLine:
    """One statement, and the memories that it is known from; the newest first."""

    text: str
    memories: tuple[MemoryId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSection:
    title: str
    lines: tuple[PageLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgePage:
    """`citations` are the memories in the order of their numbers in `markdown`, from 1."""

    title: str
    markdown: str
    sections: tuple[PageSection, ...]
    citations: tuple[MemoryId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a page is made of. `memories` name the entity, the newest first; `beside` tells what else each names."""

    entity: Entity
    mentions: int
    relations: Sequence[Relation]
    memories: Sequence[Memory]
    beside: Mapping[MemoryId, Sequence[EntityId]] = field(default_factory=dict)
    others: Mapping[EntityId, Entity] = field(default_factory=dict)


def page_of(known: Known) -> KnowledgePage:
    """The same for the same graph. Sections without a line are left out."""
    made = (
        PageSection(title="Who or what it is", lines=tuple(_about(known))),
        PageSection(title="Facts", lines=tuple(_facts(known))),
        PageSection(title="What is said", lines=tuple(_said(known))),
        PageSection(title="Timeline", lines=tuple(_timeline(known))),
        PageSection(title="Related", lines=tuple(_related(known))),
    )
    sections = tuple(section for section in made if section.lines)
    cited = dict.fromkeys(id_ for section in sections for line in section.lines for id_ in line.memories)
    numbers = {memory: number for number, memory in enumerate(cited, start=1)}
    markdown = "\n\n".join([f"# {_safe(known.entity.name)}", *(_markdown(section, numbers) for section in sections)])
    return KnowledgePage(title=known.entity.name, markdown=markdown + "\n", sections=sections, citations=tuple(numbers))


def _markdown(section: PageSection, numbers: Mapping[MemoryId, int]) -> str:
    lines = [f"- {line.text}{''.join(f' [{numbers[memory]}]' for memory in line.memories)}" for line in section.lines]
    return "\n".join([f"## {section.title}", "", *lines])


def _about(known: Known) -> Iterator[PageLine]:
    entity = known.entity
    also = f", also called {', '.join(map(_safe, entity.aliases))}" if entity.aliases else ""
    yield PageLine(text=f"{_safe(entity.name)}: {entity.type.lower()}{also}.")
    if entity.description:
        yield PageLine(text=_safe(entity.description))
    if known.memories:
        times = [said_at(memory) for memory in known.memories]
        first, last = min(times), max(times)
        noun = "memory" if known.mentions == 1 else "memories"
        span = f"on {_day(first)}" if _day(first) == _day(last) else f"from {_day(first)} to {_day(last)}"
        yield PageLine(text=f"Named in {known.mentions} {noun}, {span}.")


def _facts(known: Known) -> Iterator[PageLine]:
    """By type of relation, the present before the past, the heaviest first."""
    ordered = sorted(known.relations, key=lambda each: (each.type, each.valid_to is not None, -each.weight, each.id))
    for relation in ordered[:LINES]:
        outward = relation.source == known.entity.id
        other = known.others.get(relation.target if outward else relation.source)
        if other is None:
            continue
        words = relation.type.replace("_", " ")
        ends = (known.entity.name, other.name) if outward else (other.name, known.entity.name)
        when = _span(relation.valid_from, relation.valid_to)
        yield PageLine(text=f"{_safe(ends[0])} {words} {_safe(ends[1])}{when}", memories=relation.evidence)


def _said(known: Known) -> Iterator[PageLine]:
    """The most important first."""
    ordered = sorted(known.memories, key=lambda memory: (-memory.importance, -said_at(memory).timestamp(), memory.id))
    for memory in ordered[: LINES // 2]:
        yield PageLine(text=_quoted(memory), memories=(memory.id,))


def _timeline(known: Known) -> Iterator[PageLine]:
    """What has a time of its own, in its order; the newest where there is too much."""
    dated = sorted(
        (memory for memory in known.memories if memory.occurred_at), key=lambda memory: (said_at(memory), memory.id)
    )
    for memory in dated[-LINES:]:
        yield PageLine(text=f"{_day(said_at(memory))}: {_quoted(memory)}", memories=(memory.id,))


def _related(known: Known) -> Iterator[PageLine]:
    """What is named along with it most often."""
    together: Counter[EntityId] = Counter()
    where: dict[EntityId, list[MemoryId]] = {}
    for memory in known.memories:
        for other in _others(known, memory.id):
            together[other] += 1
            where.setdefault(other, []).append(memory.id)
    for other in sorted(together, key=lambda id_: (-together[id_], known.others[id_].name, id_))[: LINES // 2]:
        times = "once" if together[other] == 1 else f"{together[other]} times"
        name, type_ = _safe(known.others[other].name), known.others[other].type.lower()
        yield PageLine(text=f"{name} ({type_}), {times}", memories=tuple(where[other][:3]))


def _others(known: Known, memory: MemoryId) -> Iterable[EntityId]:
    beside = dict.fromkeys(known.beside.get(memory, ()))
    return (other for other in beside if other != known.entity.id and other in known.others)


def _span(since: datetime | None, until: datetime | None) -> str:
    match since, until:
        case None, None:
            return ""
        case None, datetime():
            return f" (until {_day(until)})"
        case datetime(), None:
            return f" (since {_day(since)})"
        case _:
            return f" ({_day(since)} to {_day(until)})" if since and until else ""


def _quoted(memory: Memory) -> str:
    text = _safe(memory.text)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"


def _safe(text: str) -> str:
    """On one line: what it says cannot begin a heading or a list of its own."""
    return " ".join(text.split())


def _day(moment: datetime) -> str:
    return moment.date().isoformat()
