"""How well names, statements and duplicates are judged, on the labelled lists of `tests/labelled`.

    python -m benchmarks.judgements [--errors LIST] [--embed] [--through-service]

Each list is cut in two by a hash of its items. The rules were tuned on one half; the other, the blind half,
is only counted, and is printed first. What was written in later rounds is printed apart: the second and the fourth
were counted before they were tuned on, the third is only counted. The fourth is what one says in passing. `--errors` lists misjudged items that were tuned on.
`--embed` writes the cosines that the real embedder gives for each pair of texts into the lists.
`--through-service` remembers each pair of statements and of duplicates as a client would, and tells what became of them.
"""

import argparse
import asyncio
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from app.domain.graph import Entity, EntityType
from app.domain.ids import EntityId, ProjectId
from app.extraction.conflicts import Effect, Statement, judge
from app.extraction.duplicates import Sameness, StoredText, compare
from app.extraction.findings import FoundEntity
from app.extraction.resolve import resolve
from benchmarks import superseding

LISTS = Path(__file__).parent.parent / "tests" / "labelled"
MERGED = "merged"
BLIND, FOURTH, THIRD, SECOND, TUNED = "blind half", "fourth round", "third round", "second round", "tuned half"
_SEEN = frozenset({FOURTH, SECOND, TUNED})
_ROUNDS = {2: SECOND, 3: THIRD, 4: FOURTH}

Item = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An item with what its label wants and what was said of it. The label of a name is who it is, or nobody."""

    item: Item
    wanted: str | None
    said: str | None

    @property
    def part(self) -> str:
        return part_of(self.item)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Of one class: how many carry the label, how many were said to, how many rightly."""

    wanted: int
    said: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / self.said if self.said else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0


def part_of(item: Item) -> str:
    """BLIND or TUNED, or a later round. Neither the label nor a note about the item has a say in which half it is."""
    if "round" in item:
        return _ROUNDS[item["round"]]
    seen = {key: item[key] for key in ("name", "type", "known", "old", "new") if key in item}
    is_odd = hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).digest()[0] % 2 == 1
    return BLIND if is_odd else TUNED


def items(name: str) -> list[Item]:
    listed: list[Item] = json.loads((LISTS / f"{name}.json").read_text("utf-8"))
    return listed


def judged_names() -> list[Judged]:
    return [Judged(item=item, wanted=item["is"], said=_resolved(item)) for item in items("entities")]


def judged_statements() -> list[Judged]:
    return [
        Judged(
            item=item,
            wanted=item["label"],
            said=judge(_statement(item["new"]), _statement(item["old"]), item["cosine"]).effect,
        )
        for item in items("statements")
    ]


def judged_duplicates() -> list[Judged]:
    return [
        Judged(
            item=item,
            wanted=item["label"],
            said=compare(
                item["new"]["text"], StoredText(key="old", text=item["old"]["text"], cosine=item["cosine"])
            ).sameness,
        )
        for item in items("duplicates")
    ]


def merges(judged: Iterable[Judged]) -> Score:
    """Names given to a known entity; a name given to the wrong one counts against both figures."""
    every = list(judged)
    return Score(
        wanted=sum(one.wanted is not None for one in every),
        said=sum(one.said is not None for one in every),
        right=sum(one.said is not None and one.said == one.wanted for one in every),
    )


def of_class(judged: Iterable[Judged], label: str) -> Score:
    every = list(judged)
    return Score(
        wanted=sum(one.wanted == label for one in every),
        said=sum(one.said == label for one in every),
        right=sum(one.said == one.wanted == label for one in every),
    )


def _statement(told: Item) -> Statement:
    said = told.get("said")
    return Statement(text=told["text"], speaker=told.get("speaker"), said=date.fromisoformat(said) if said else None)


def _resolved(item: Item) -> str | None:
    then = datetime(2026, 1, 1, tzinfo=UTC)
    known = [
        Entity(
            id=EntityId(f"ent_{number}"),
            project=ProjectId("prj_1"),
            user=None,
            name=one["name"],
            type=EntityType(one["type"]),
            aliases=tuple(one.get("aliases", ())),
            created_at=then,
            updated_at=then,
        )
        for number, one in enumerate(item["known"])
    ]
    found = FoundEntity(name=item["name"], type=EntityType(item["type"]), start=0, end=len(item["name"]))
    (resolution,) = resolve([found], known)
    return resolution.entity.name if resolution.entity else None


def _print_part(title: str, judged: Sequence[Judged], classes: Sequence[str]) -> None:
    print(f"\n{title}: {len(judged)} items")
    print(f"  {'':14}{'labelled':>10}{'said':>8}{'right':>8}{'precision':>12}{'recall':>9}")
    for label in classes:
        score = merges(judged) if label == MERGED else of_class(judged, label)
        print(
            f"  {label:14}{score.wanted:>10}{score.said:>8}{score.right:>8}{score.precision:>12.3f}{score.recall:>9.3f}"
        )


def _print_errors(judged: Iterable[Judged]) -> None:
    for one in judged:
        if one.said != one.wanted:
            told = {key: value for key, value in one.item.items() if key not in {"is", "label", "about"}}
            print(f"  wanted {one.wanted}, said {one.said}: {json.dumps(told, ensure_ascii=False)}")


def embed() -> None:
    """Writes the cosines anew."""
    for name in ("statements", "duplicates"):
        listed = items(name)
        cosines = asyncio.run(_cosines([(item["old"]["text"], item["new"]["text"]) for item in listed]))
        rows = [
            json.dumps(item | {"cosine": round(cosine, 3)}, ensure_ascii=False)
            for item, cosine in zip(listed, cosines, strict=True)
        ]
        (LISTS / f"{name}.json").write_text("[\n" + ",\n".join(rows) + "\n]\n", encoding="utf-8")


async def _cosines(pairs: Sequence[tuple[str, str]]) -> list[float]:
    from app.adapters.embedding.minilm import open_minilm

    with tempfile.TemporaryDirectory() as cache:
        async with open_minilm(cache=Path(cache)) as embedder:
            vectors = [one.vector for one in await embedder.embed([text for pair in pairs for text in pair])]
    return [float(vectors[i] @ vectors[i + 1]) for i in range(0, len(vectors), 2)]


PROGRAMS: dict[str, tuple[Callable[[], list[Judged]], tuple[str, ...]]] = {
    "entities": (judged_names, (MERGED,)),
    "statements": (judged_statements, tuple(Effect)),
    "duplicates": (judged_duplicates, tuple(Sameness)),
}


def through_service(*, errors: bool) -> None:
    """What is remembered supersedes and joins. Errors are listed of what was tuned on."""
    told = superseding.remember(items("statements"), dated=True)
    superseding.print_superseding(told)
    if errors:
        superseding.print_errors([one for one in told if part_of(one.item) in _SEEN])
    superseding.print_joining(superseding.remember(items("duplicates"), dated=False))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--errors", choices=PROGRAMS)
    parser.add_argument("--embed", action="store_true")
    parser.add_argument("--through-service", action="store_true")
    args = parser.parse_args()
    if args.embed:
        embed()
    if args.through_service:
        through_service(errors=args.errors == "statements")
        return
    for name, (judging, classes) in PROGRAMS.items():
        every = judging()
        for part in (BLIND, FOURTH, THIRD, SECOND, TUNED):
            _print_part(f"{name}, {part}", [one for one in every if one.part == part], classes)
        if args.errors == name:
            _print_errors(one for one in every if one.part in _SEEN)


if __name__ == "__main__":
    main()
