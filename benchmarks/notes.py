"""Recall over notes without speakers or sessions, through the product's own search.

    python -m benchmarks.notes [FILE] [--no-tokens]

The notes and the questions are in `tests/labelled/notes_queries.json`; each note is added alone, and then all are
asked for at once. A question scores the share of its notes among the first k.
"""

import argparse
import asyncio
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.bootstrap import build
from app.logs import configure_logs
from app.services.inputs import Mode, NewMemory, Question, Slice
from app.settings import Settings

FILE = Path(__file__).parent.parent / "tests/labelled/notes_queries.json"
KS = (1, 3, 5, 10)


async def recall(labelled: dict[str, Any], settings: Settings) -> list[tuple[str, tuple[float, ...]]]:
    """Each question with its recall at each k."""
    async with build(settings) as application:
        remember, search = application.services.remember, application.services.recall.search
        notes = tuple(NewMemory(text=text, mode=Mode.VERBATIM) for text in labelled["notes"])
        stored = await remember.add_many(application.operator, memories=notes)
        if stored.job is not None:
            await application.runner.drain(application.operator.tenant, [stored.job.id])
        places = {memory.id: place for place, memory in enumerate(stored.memories, start=1)}
        scored = []
        for asked in labelled["queries"]:
            question = Question(query=asked["query"], slice=Slice(first=max(KS)))
            found = await search(application.operator, question=question)
            ranked = [places[item.node.memory.id] for item in found.hits.items]
            wanted = set(asked["wanted"])
            scored.append((asked["query"], tuple(len(wanted & set(ranked[:k])) / len(wanted) for k in KS)))
        return scored


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("file", type=Path, nargs="?", default=FILE)
    arguments.add_argument("--no-tokens", action="store_true")
    given = arguments.parse_args()
    configure_logs(level="error", format="auto")
    labelled = json.loads(given.file.read_text("utf-8"))
    with tempfile.TemporaryDirectory(prefix="notes-") as folder:
        settings = replace(Settings(data=Path(folder)), token_vectors=not given.no_tokens)
        scored = asyncio.run(recall(labelled, settings))
    for query, shares in scored:
        if shares[KS.index(5)] < 1:
            print(f"missed in the first five: {query}")
    means = [100 * sum(column) / len(scored) for column in zip(*(shares for _, shares in scored), strict=True)]
    print(f"{len(scored)} questions, " + ", ".join(f"R@{k} {mean:.1f}" for k, mean in zip(KS, means, strict=True)))


if __name__ == "__main__":
    main()
