"""Request and response pairs as data.

A file holds stories, each a YAML document: `story` names it, `dialect` defaults to the folder, `steps` are asked in
order of one fresh organization. A step:

    ask: POST /api/memories        what to send; {name} is what an earlier answer bound
    key: write                     write (default), read, admin, native, other (another organization), wrong, none
    headers, body, raw             more headers; a JSON body; or a body as text
    status: 201
    answer: {...}                  the whole body; absent means an empty one
    has_text: text                 instead: a part of the body, which is no JSON
    has: {...}                     instead of `answer`: these fields, whatever else there is
    rest: true                     before it asks, waits until no job is left
    until: "{soon}"                before it asks, waits until then; `soon` is two seconds after the story begins
    head: {x-name: pattern}        headers of the answer

Within answers: `<name>` binds or repeats a text or number, `<:kind>` and `<name:kind>` ask for a kind (see KINDS).
"""

import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import yaml

from app.domain.keys import Dialect
from tests.dialects.house import House

KINDS = {
    "text": r".+",
    "string": r".*",
    "seconds": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "millis": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
    "offset": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00",
    "micros": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?(Z|\+00:00)",
    "uuid": r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
}
"""What texts look like; besides these there are int, number, bool, list, object and any."""

_TYPES: dict[str, Any] = {"int": int, "number": int | float, "bool": bool, "list": list, "object": dict, "any": object}
_MARK = re.compile(r"<(\w*)(?::(\w+))?>")


@dataclass(frozen=True, slots=True)
class Story:
    name: str
    dialect: Dialect
    steps: list[dict[str, Any]]


def stories(folder: Path) -> Iterator[Story]:
    for path in sorted(folder.glob("*.yaml")):
        for told in yaml.safe_load_all(path.read_text("utf-8")):
            dialect = Dialect(told.get("dialect", folder.name))
            yield Story(f"{folder.name}: {path.stem}: {told['story']}", dialect, told["steps"])


@dataclass(slots=True)
class Telling:
    """One story on its way."""

    house: House
    story: Story
    http: httpx.Client
    bound: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        tenant, other = self.house.organization(), self.house.organization()
        dialect, key = self.story.dialect, self.house.key
        self.keys = {
            "write": key(tenant, dialect, "read", "write"),
            "read": key(tenant, dialect, "read"),
            "admin": key(tenant, dialect, "read", "write", "admin"),
            "native": key(tenant, None, "read", "write"),
            "other": key(other, dialect, "read", "write", "admin"),
            "wrong": key(tenant, dialect, "read")[:-4] + "0000",
        }

        self.bound |= {f"{name}_key": text for name, text in self.keys.items()}
        self.bound["soon"] = (datetime.now(UTC) + timedelta(seconds=2)).isoformat(timespec="milliseconds")

    def tell(self) -> None:
        for number, step in enumerate(self.story.steps, 1):
            if step.get("rest"):
                self.house.at_rest()
            if "until" in step:
                then = datetime.fromisoformat(self._filled(step["until"]))
                time.sleep(max(0.0, (then - datetime.now(UTC)).total_seconds()) + 0.01)
            if "ask" in step:
                self._step(f"step {number}, {step['ask']}", step)

    def _step(self, where: str, step: Mapping[str, Any]) -> None:
        method, path = self._filled(step["ask"]).split(" ", 1)
        answer = self.http.request(
            method, self.house.url + path, headers=self._headers(step), content=self._content(step)
        )
        told = f"{where}: {answer.status_code} {answer.text[:2000]}"
        assert answer.status_code == step["status"], told
        for name, pattern in step.get("head", {}).items():
            assert re.fullmatch(pattern, answer.headers.get(name, "")), f"{told} {dict(answer.headers)}"
        assert answer.headers["x-request-id"]
        if "has_text" in step:
            assert step["has_text"] in answer.text, told
        elif "has" in step:
            self._match(_only(answer.json(), step["has"]), step["has"], told)
        elif "answer" in step:
            assert answer.headers["content-type"] == "application/json; charset=utf-8", told
            self._match(answer.json(), step["answer"], told)
        else:
            assert answer.content == b"", told

    def _headers(self, step: Mapping[str, Any]) -> dict[str, str]:
        key = step.get("key", "write")
        headers = {"content-type": "application/json"} if "body" in step else {}
        if key != "none":
            headers["x-api-key"] = self.keys[key]
        return headers | {name.lower(): self._filled(value) for name, value in step.get("headers", {}).items()}

    def _content(self, step: Mapping[str, Any]) -> bytes | None:
        if "raw" in step:
            raw: str = step["raw"]
            return self._filled(raw).encode("latin-1")
        return json.dumps(self._deep(step["body"])).encode() if "body" in step else None

    def _deep(self, value: Any) -> Any:
        match value:
            case dict():
                return {name: self._deep(inner) for name, inner in value.items()}
            case list():
                return [self._deep(inner) for inner in value]
            case str() if re.fullmatch(r"\{(\w+)\}", value) and value[1:-1] in self.bound:
                return self.bound[value[1:-1]]
            case str():
                return self._filled(value)
            case _:
                return value

    def _filled(self, text: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda found: str(self.bound.get(found[1], found[0])), text)

    def _match(self, found: Any, wanted: Any, told: str, at: str = "") -> None:
        match wanted:
            case str() if mark := _MARK.fullmatch(wanted):
                self._marked(found, mark[1], mark[2], told, at)
            case dict():
                assert isinstance(found, dict), f"at {at}: {told}"
                assert sorted(found) == sorted(wanted), f"at {at}: {sorted(found)} for {sorted(wanted)}: {told}"
                for name, inner in wanted.items():
                    self._match(found[name], inner, told, f"{at}.{name}")
            case list():
                assert isinstance(found, list), f"at {at}: {told}"
                assert len(found) == len(wanted), f"at {at}: {told}"
                for index, (one, inner) in enumerate(zip(found, wanted, strict=True)):
                    self._match(one, inner, told, f"{at}.{index}")
            case str():
                assert found == self._filled(wanted), f"at {at}: {told}"
            case _:
                assert found == wanted, f"at {at}: {told}"
                assert isinstance(found, bool) == isinstance(wanted, bool), f"at {at}: {told}"

    def _marked(self, found: Any, name: str, kind: str | None, told: str, at: str) -> None:
        if kind in _TYPES:
            assert isinstance(found, _TYPES[kind]), f"at {at}: {told}"
            assert kind in ("bool", "any") or not isinstance(found, bool), f"at {at}: {told}"
        elif kind is not None:
            assert isinstance(found, str), f"at {at}: {told}"
            assert re.fullmatch(KINDS[kind], found, re.DOTALL), f"at {at}: {told}"
        else:
            assert isinstance(found, str | int), f"at {at}: {told}"
        if name:
            assert self.bound.setdefault(name, found) == found, f"at {at}: {self.bound[name]} was bound: {told}"


def _only(found: Any, wanted: Any) -> Any:
    """What was asked for, of what there is."""
    match found, wanted:
        case dict(), dict():
            return {name: _only(found[name], wanted[name]) for name in wanted if name in found}
        case list(), list():
            return [_only(one, inner) for one, inner in zip(found, wanted, strict=False)] + found[len(wanted) :]
        case _:
            return found
