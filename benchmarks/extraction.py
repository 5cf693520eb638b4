"""Runs extraction over a labelled file and prints its scorer's figures and the speed.

    python -m benchmarks.extraction FILE [--part 0|1] [--errors]

The scorer, `score_extraction.py`, is loaded from FILE's folder. `--part` takes every other item, from the
first or from the second; `--errors` lists where the labels and the findings differ.
"""

import argparse
import importlib.util
import json
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from app.adapters.spacy_analysis import SpacyAnalyzer
from app.extraction.findings import Finding, Turn
from app.extraction.pipeline import Extractor

Item = dict[str, Any]
ROLES = {"user", "agent", "assistant"}
ROUNDS = 5


def scorer(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score_extraction", folder / "score_extraction.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def turn(item: Item) -> Turn:
    is_role = item["speaker"] in ROLES
    return Turn(
        text=item["text"],
        at=datetime.fromisoformat(item["at"]),
        speaker=None if is_role else item["speaker"],
        role=item["speaker"] if is_role else None,
        previous=item["previous"],
    )


def prediction(item: Item, finding: Finding) -> Item:
    return {
        "id": item["id"],
        "filler": finding.skip_reason is not None,
        "entities": [{"start": e.start, "end": e.end, "type": e.type.value} for e in finding.entities],
        "times": [{"start": t.start, "end": t.end, "value": t.value} for t in finding.times],
        "kind": finding.kind and finding.kind.value,
        "type": finding.type,
    }


def print_table(module: ModuleType, items: list[Item], predictions: dict[str, Item]) -> None:
    notes = [item for item in items if "-own/" in item["id"]]
    parts = (items, [item for item in items if item not in notes], notes)
    columns = [module.scores(part, predictions) for part in parts]
    print(f"{'':36}{'all':>8}{'chat':>8}{'notes':>8}")
    for name, value in columns[0].items():
        shape = "8" if isinstance(value, int) else "8.3f"
        print(f"{name:36}" + "".join(format(column[name], shape) for column in columns))


def differences(items: list[Item], predictions: dict[str, Item], wanted: str) -> Iterable[str]:
    for item in items:
        lines = [line for field, line in _item_differences(item, predictions[item["id"]]) if wanted in {"all", field}]
        if lines:
            yield f"{item['id']} {item['speaker']}\n  before: {item['previous']}\n  text: {item['text']}"
            yield from (f"    {line}" for line in lines)


def _item_differences(item: Item, found: Item) -> Iterable[tuple[str, str]]:
    if item["filler"] != found["filler"]:
        yield "filler", f"filler {item['filler']}, found {found['filler']}"
    for field, label in (("entities", "type"), ("times", "value")):
        gold = {(item["text"][x["start"] : x["end"]], x["start"], x[label]) for x in item[field]}
        mine = {(item["text"][x["start"] : x["end"]], x["start"], x[label]) for x in found[field]}
        yield from ((field, f"missed {x}") for x in sorted(gold - mine))
        yield from ((field, f"wrong {x}") for x in sorted(mine - gold))
    if not item["filler"]:
        yield from ((k, f"{k} {item[k]}, found {found[k]}") for k in ("kind", "type") if item[k] != found[k])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--scorer", type=Path, help="the folder of score_extraction.py, where it is not the file's")
    parser.add_argument("--part", type=int, choices=(0, 1))
    parser.add_argument("--errors", choices=("all", "filler", "entities", "times", "kind", "type"))
    args = parser.parse_args()
    items: list[Item] = json.loads(args.file.read_text("utf-8"))
    if args.part is not None:
        items = items[args.part :: 2]
    turns = [turn(item) for item in items]
    extractor = Extractor(SpacyAnalyzer())
    findings = extractor.extract(turns)
    predictions = {item["id"]: prediction(item, found) for item, found in zip(items, findings, strict=True)}
    if args.errors:
        print(*differences(items, predictions, args.errors), sep="\n")
    print_table(scorer(args.scorer or args.file.parent), items, predictions)
    began, busy = time.perf_counter(), time.process_time()
    for _ in range(ROUNDS):
        extractor.extract(turns)
    spent, busy = time.perf_counter() - began, time.process_time() - busy
    words = sum(len(item["text"].split()) for item in items) * ROUNDS
    speed = f"{len(turns) * ROUNDS / spent:.0f} turns/s, {len(turns) * ROUNDS / busy:.0f} a second of one core"
    print(f"{speed} ({busy / words * 12_000:.2f} ms for 12 words), {extractor.version}")


if __name__ == "__main__":
    main()
