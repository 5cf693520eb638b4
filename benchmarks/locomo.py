"""Recall over LoCoMo's conversations, through the product's own search.

    python -m benchmarks.locomo FILE [--facts] [--no-tokens] [--dialect STORE] [--without SIGNAL ...] [--each] [--first N]

One memory a turn (the text and the caption of a shared image; its speaker and session; the session's date), one user
a conversation, each question verbatim through `services.recall.search`, which is what GraphQL calls. A question
scores the share of its evidence among the first k; one without evidence scores 0. `--facts` extracts facts as well: a
hit that is a fact leads to the turns it was drawn from. `--dialect neo4j`: on the
servers that the environment names. `--without` leaves signals out; `--each` asks everything again without each signal
in turn, and says what it brings. The file is read where it is, never copied.
"""

import argparse
import asyncio
import json
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from dateutil import parser as dates

from app.bootstrap import Application, build
from app.domain.ids import MemoryId
from app.domain.memory import LinkType
from app.logs import configure_logs
from app.retrieval import recipes
from app.retrieval.recipes import Signal
from app.services.inputs import Mode, NewConversation, NewMessage, Question, Slice, Where
from app.services.results import Hit
from app.settings import Settings
from benchmarks import figures

KS = (5, 10, 25, 50)
CATEGORIES = {1: "multi-hop", 2: "temporal", 3: "open-domain", 4: "single-hop", 5: "adversarial"}
HITS = 100

Conversation = dict[str, Any]


@dataclass(slots=True)
class Outcome:
    """Recall of each question by category, seconds of each search, and what each signal gave to the first ten."""

    recall: dict[int, list[tuple[float, ...]]] = field(default_factory=lambda: defaultdict(list))
    seconds: list[float] = field(default_factory=list)
    shares: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    adding: float = 0.0
    memories: int = 0


def sessions(conversation: Conversation) -> Iterator[tuple[str, datetime, list[dict[str, Any]]]]:
    """Name, date and turns of each session, in order."""
    told = conversation["conversation"]
    names = sorted((n for n in told if re.fullmatch(r"session_\d+", n)), key=lambda name: int(name.split("_")[1]))
    for name in names:
        at = dates.parse(told[f"{name}_date_time"].replace(" on ", " ")).replace(tzinfo=UTC)
        yield name, at, told[name]


def text_of(turn: Mapping[str, Any]) -> str:
    caption = turn.get("blip_caption")
    return (turn["text"] or "") + (f" [shares {caption}]" if caption else "") or "-"


async def told(application: Application, conversation: Conversation, mode: Mode) -> dict[MemoryId, str]:
    """Adds the conversation; the turn that each memory is."""
    user, jobs = conversation["sample_id"], []
    turns: dict[MemoryId, str] = {}
    for name, at, said in sessions(conversation):
        messages = tuple(NewMessage(text=text_of(turn), name=turn["speaker"], time=at) for turn in said)
        new = NewConversation(messages=messages, user=user, session=f"{user}-{name}", time=at, mode=mode)
        stored = await application.services.remember.add_conversation(application.operator, conversation=new)
        turns |= {memory.id: turn["dia_id"] for memory, turn in zip(stored.memories, said, strict=True)}
        jobs += [stored.job.id] if stored.job else []
    await application.runner.drain(application.operator.tenant, jobs)
    return turns


async def asked(
    application: Application, conversation: Conversation, turns: Mapping[MemoryId, str], outcome: Outcome
) -> None:
    for question in conversation["qa"]:
        where = Where(users=(conversation["sample_id"],))
        wanted = Question(query=question["question"], where=where, slice=Slice(first=HITS))
        started = time.perf_counter()
        found = await application.services.recall.search(application.operator, question=wanted)
        outcome.seconds.append(time.perf_counter() - started)
        hits = [item.node for item in found.hits.items]
        ranked = await led_back(application, hits, turns)
        evidence = set(question.get("evidence") or ())
        shares = tuple(len(evidence & set(ranked[:k])) / len(evidence) if evidence else 0.0 for k in KS)
        outcome.recall[question["category"]].append(shares)
        for hit in hits[:10]:
            for factor in hit.factors:
                outcome.shares[factor.signal].append(factor.value * factor.weight)


async def led_back(application: Application, hits: Sequence[Hit], turns: Mapping[MemoryId, str]) -> list[str]:
    """The turns that the hits are or were drawn from, each once."""
    drawn = [hit.memory.id for hit in hits if hit.memory.id not in turns]
    async with application.services.store.read(application.operator) as reader:
        links = dict(zip(drawn, await reader.memories.links(drawn), strict=True)) if drawn else {}
    found: list[str] = []
    for hit in hits:
        sources = [link.target for link in links.get(hit.memory.id, ()) if link.type is LinkType.DERIVED_FROM]
        found += [turns[id_] for id_ in (hit.memory.id, *sources) if id_ in turns]
    return list(dict.fromkeys(found))


async def measured(
    conversations: Sequence[Conversation], mode: Mode, settings: Settings, signals: Sequence[Sequence[Signal]]
) -> list[dict[str, Outcome]]:
    """An outcome for each conversation, once for every group of signals that is left out.

    All are in one store, and the questions come after the last was added.
    """
    fresh: dict[str, Outcome] = {}
    with tempfile.TemporaryDirectory(prefix="locomo-") as folder:
        async with build(replace(settings, data=Path(folder))) as application:
            turns = {}
            for conversation in conversations:
                outcome = fresh[conversation["sample_id"]] = Outcome()
                started = time.perf_counter()
                turns[conversation["sample_id"]] = await told(application, conversation, mode)
                outcome.adding = time.perf_counter() - started
                outcome.memories = len(turns[conversation["sample_id"]])
            if application.indexing is not None:
                await application.indexing.indexer.drain()
            rounds = []
            for left_out in signals:
                outcomes = {name: Outcome(adding=each.adding, memories=each.memories) for name, each in fresh.items()}
                with leaving_out(left_out):
                    for conversation in conversations:
                        name = conversation["sample_id"]
                        await asked(application, conversation, turns[name], outcomes[name])
                rounds.append(outcomes)
    return rounds


@contextmanager
def leaving_out(signals: Sequence[Signal]) -> Iterator[None]:
    """The recipes have none of these signals meanwhile."""
    changed = [cast("dict[Signal, float]", recipe.weights) for recipe in (recipes.HYBRID, recipes.WITHOUT_TOKENS)]
    kept = [(weights, dict(weights)) for weights in changed]
    for weights, before in kept:
        weights.update({signal: 0.0 for signal in signals if signal in before})
    try:
        yield
    finally:
        for weights, before in kept:
            weights.update(before)


def print_each(whole: Mapping[str, Outcome], without: Mapping[Signal, Mapping[str, Outcome]]) -> None:
    """What recall loses without each signal, in points."""
    everything, multi_hop = recall_of(whole), recall_of(whole, category=1)
    print(
        f"\n{'brought by':14}" + "".join(f"{f'R@{k}':>8}" for k in KS) + "".join(f"{f'multi {k}':>10}" for k in KS[:2])
    )
    for signal, outcomes in without.items():
        lost = [a - b for a, b in zip(everything, recall_of(outcomes), strict=True)]
        hops = [a - b for a, b in zip(multi_hop, recall_of(outcomes, category=1), strict=True)][:2]
        print(f"{signal:14}" + "".join(f"{each:>+8.1f}" for each in lost) + "".join(f"{each:>+10.1f}" for each in hops))


def recall_of(outcomes: Mapping[str, Outcome], category: int | None = None) -> list[float]:
    """Percent at each k, of all questions or of a category."""
    wanted = [category] if category else list(CATEGORIES)
    shares = [each for outcome in outcomes.values() for one in wanted for each in outcome.recall[one]]
    return [100 * sum(column) / len(shares) for column in zip(*shares, strict=True)] or [0.0] * len(KS)


def print_table(outcomes: Mapping[str, Outcome]) -> None:
    print(f"{'':14}{'questions':>10}" + "".join(f"{f'R@{k}':>8}" for k in KS))
    everything = [shares for outcome in outcomes.values() for asked_ in outcome.recall.values() for shares in asked_]
    print(_line("all", everything))
    for category, title in CATEGORIES.items():
        print(_line(title, [s for outcome in outcomes.values() for s in outcome.recall[category]]))
    for name, outcome in outcomes.items():
        print(_line(name, [s for asked_ in outcome.recall.values() for s in asked_]))
    seconds = [each for outcome in outcomes.values() for each in outcome.seconds]
    print(f"ms a search: p50 {1000 * figures.median(seconds):.1f}, p95 {1000 * figures.percentile(seconds, 0.95):.1f}")
    spent, added = sum(o.adding for o in outcomes.values()), sum(o.memories for o in outcomes.values())
    print(f"{added} turns added and extracted in {spent:.1f} s ({added / spent:.0f}/s)")
    shares: dict[str, list[float]] = defaultdict(list)
    for outcome in outcomes.values():
        for signal, values in outcome.shares.items():
            shares[signal] += values
    total = sum(sum(values) for values in shares.values())
    print("share of the first ten's scores: " + ", ".join(f"{s} {sum(v) / total:.1%}" for s, v in shares.items()))


def _line(title: str, shares: Sequence[tuple[float, ...]]) -> str:
    if not shares:
        return f"{title:14}{0:>10}"
    means = [100 * sum(column) / len(shares) for column in zip(*shares, strict=True)]
    return f"{title:14}{len(shares):>10}" + "".join(f"{mean:>8.1f}" for mean in means)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("file", type=Path)
    arguments.add_argument("--facts", action="store_true")
    arguments.add_argument("--no-tokens", action="store_true")
    arguments.add_argument("--dialect", choices=("sqlite", "neo4j"), default="sqlite")
    arguments.add_argument("--without", nargs="*", type=Signal, default=[])
    arguments.add_argument("--each", action="store_true")
    arguments.add_argument("--first", type=int, help="only so many conversations")
    given = arguments.parse_args()
    configure_logs(level="error", format="auto")
    conversations = json.loads(given.file.read_text("utf-8"))[: given.first]
    mode = Mode.EXTRACT if given.facts else Mode.VERBATIM
    settings = replace(Settings.from_env(), store=given.dialect, token_vectors=not given.no_tokens, job_workers=2)
    recipe = recipes.WITHOUT_TOKENS if given.no_tokens else recipes.HYBRID
    ideas = [signal for signal in recipe.weights if signal not in given.without] if given.each else []
    groups = [given.without, *([*given.without, signal] for signal in ideas)]
    whole, *without = asyncio.run(measured(conversations, mode, settings, groups))
    print_table(whole)
    if ideas:
        print_each(whole, dict(zip(ideas, without, strict=True)))


if __name__ == "__main__":
    main()
