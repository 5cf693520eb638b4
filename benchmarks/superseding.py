"""What the product makes of labelled pairs: each is remembered as a client would, the old text before the new one.

One user a pair, on the embedded store with the built-in models. `python -m benchmarks.judgements --through-service`.
"""

import asyncio
import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.bootstrap import Application, build
from app.domain.decisions import Decision
from app.domain.ids import MemoryId, UserId
from app.domain.memory import LinkType
from app.logs import configure_logs
from app.services.inputs import NewMemory, Slice
from app.services.results import Remembered
from app.settings import Settings

_BATCH = 500
_PATIENCE = 3_600.0
"""Seconds: no busy machine may make a job begin anew."""
_PREFIX = "pair-"
_JOINING = {LinkType.SIMILAR, LinkType.SUPPORTS}
_DAYS = {"old": datetime(2026, 1, 1, tzinfo=UTC), "new": datetime(2026, 1, 2, tzinfo=UTC)}

Item = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembrance:
    """What became of a pair: `superseded` is why the old one ended, `opened` what is asked of a person."""

    item: Item
    superseded: tuple[str, ...]
    opened: tuple[str, ...]
    is_joined: bool

    @property
    def label(self) -> str:
        return str(self.item["label"])


def remember(items: Sequence[Item], *, dated: bool) -> list[Remembrance]:
    """In the order given. What has no date of its own may be the same as what was said before."""
    configure_logs(level="error", format="json")
    return asyncio.run(_remember(items, dated=dated))


async def _remember(items: Sequence[Item], *, dated: bool) -> list[Remembrance]:
    with tempfile.TemporaryDirectory() as place:
        settings = Settings(data=Path(place), job_workers=1, job_lease=_PATIENCE)
        async with build(settings) as app:
            await _put(app, [_draft(item, "old", number, dated=dated) for number, item in enumerate(items)])
            told = await _put(app, [_draft(item, "new", number, dated=dated) for number, item in enumerate(items)])
            decisions = await _decisions(app)
            joined = await _joined(app, [memory for memory, _ in told])
    return [
        Remembrance(
            item=item,
            superseded=tuple(one.why for one in decisions.get(user, []) if one.outcome),
            opened=tuple(one.why for one in decisions.get(user, []) if not one.outcome),
            is_joined=not created or memory in joined,
        )
        for number, (item, (memory, created)) in enumerate(zip(items, told, strict=True))
        for user in [str(number)]
    ]


def _draft(item: Item, side: str, number: int, *, dated: bool) -> NewMemory:
    told = item[side]
    said = datetime.fromisoformat(told["said"]).replace(tzinfo=UTC) if "said" in told else _DAYS[side]
    return NewMemory(
        text=told["text"], speaker=told.get("speaker"), user=_name(number), occurred_at=said if dated else None
    )


def _name(number: int) -> str:
    return f"{_PREFIX}{number}"


async def _put(app: Application, drafts: Sequence[NewMemory]) -> list[tuple[MemoryId, bool]]:
    """Ids, each with whether it is a new one, when all that the texts say is read."""
    stored: list[tuple[MemoryId, bool]] = []
    for start in range(0, len(drafts), _BATCH):
        batch: Remembered = await app.services.remember.add_many(app.operator, memories=drafts[start : start + _BATCH])
        stored += [(memory.id, new) for memory, new in zip(batch.memories, batch.created, strict=True)]
        if batch.job is not None:
            await app.runner.drain(app.operator.tenant, [batch.job.id])
    return stored


async def _decisions(app: Application) -> dict[str, list[Decision]]:
    """By the number of the pair."""
    found: dict[UserId, list[Decision]] = {}
    after: str | None = None
    while True:
        page = await app.services.deciding.decisions(
            app.operator, project=None, user=None, state=None, page=Slice(first=100, after=after)
        )
        for one in page.items:
            if one.node.user is not None:
                found.setdefault(one.node.user, []).append(one.node)
        if not page.has_next:
            break
        after = page.items[-1].cursor
    async with app.services.store.read(app.operator) as reader:
        users = await reader.users.get_many([*found])
    return {user.external_id.removeprefix(_PREFIX): found[user.id] for user in users if user}


async def _joined(app: Application, ids: Sequence[MemoryId]) -> set[MemoryId]:
    """Those that were found to say what is known."""
    async with app.services.store.read(app.operator) as reader:
        links = await reader.memories.links(ids)
    return {id_ for id_, tied in zip(ids, links, strict=True) if any(link.type in _JOINING for link in tied)}


def print_superseding(remembered: Sequence[Remembrance]) -> None:
    """Precision and recall of superseding, then what became of each label."""
    ended = [one for one in remembered if one.superseded]
    right = sum(one.label == "replaces" for one in ended)
    wanted = sum(one.label == "replaces" for one in remembered)
    print(f"\nthrough the service, superseded: {len(ended)} of {len(remembered)} pairs")
    print(f"  precision {right / max(len(ended), 1):.3f}, recall {right / max(wanted, 1):.3f}")
    _print_labels(remembered)


def print_joining(remembered: Sequence[Remembrance]) -> None:
    print(f"\nthrough the service, said again: {len(remembered)} pairs")
    _print_labels(remembered)


def _print_labels(remembered: Sequence[Remembrance]) -> None:
    print(f"  {'':14}{'labelled':>10}{'superseded':>12}{'left open':>11}{'joined':>8}{'neither':>9}")
    labelled = Counter(one.label for one in remembered)
    for label, number in labelled.items():
        fates = Counter(_fate(one) for one in remembered if one.label == label)
        print(
            f"  {label:14}{number:>10}{fates['superseded']:>12}{fates['left open']:>11}{fates['joined']:>8}{fates['neither']:>9}"
        )


def _fate(one: Remembrance) -> str:
    if one.superseded:
        return "superseded"
    if one.opened:
        return "left open"
    return "joined" if one.is_joined else "neither"


def print_errors(remembered: Iterable[Remembrance]) -> None:
    for one in remembered:
        if bool(one.superseded) is not (one.label == "replaces"):
            told = (
                f"{json.dumps(one.item['old'], ensure_ascii=False)} {json.dumps(one.item['new'], ensure_ascii=False)}"
            )
            print(f"  {one.label}, {_fate(one)} {[*one.superseded, *one.opened]}: {told}")
