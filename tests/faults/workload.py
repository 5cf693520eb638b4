"""A seeded workload over HTTP, and what it knows: what was acknowledged, and what nobody can tell.

Each writer has memories of its own and does one thing at a time, so what it knows is exact: after an
acknowledged change there is one state in which a memory may be, after an unanswered one there are two.
"""

import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from tests.faults.stage import Api, Tenant

ADD: Final = """mutation($memories: [MemoryInput!]!, $key: String!) {
  addMemories(input: {memories: $memories, idempotencyKey: $key}) { memories { id } userErrors { code message } }
}"""
UPDATE: Final = """mutation($id: ID!, $text: String!) {
  updateMemory(input: {id: $id, text: $text}) { memory { id } userErrors { code message } }
}"""
FORGET: Final = """mutation($id: ID!, $erasure: Erasure!) {
  forgetMemories(input: {ids: [$id], erasure: $erasure}) { count userErrors { code message } }
}"""
SEARCH: Final = """query($query: String!, $mode: SearchMode!) {
  search(query: $query, mode: $mode, first: 5) { nodes { id text } degraded }
}"""
GET: Final = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Memory { id text deletedAt } } }"
LIST: Final = """query($after: String) {
  memories(first: 100, after: $after) { nodes { id text } pageInfo { endCursor hasNextPage } }
}"""
OPEN_JOBS: Final = "{ jobs(states: [PENDING, PROCESSING], first: 1) { nodes { id } } }"

PATIENCE: Final = 20.0
_QUESTIONS: Final = 20
AWAY: Final = "unavailable"


class Unknown(Exception):
    """No answer, or one that does not say whether it was done."""


@dataclass(frozen=True, slots=True)
class Asked:
    """When, for how long, and how it ended: "ok", or why there was no answer."""

    at: float
    seconds: float
    ended: str


class Client:
    """One key at one address after the other; each request takes the next."""

    def __init__(self, tenant: Tenant, apis: Sequence[Api]) -> None:
        self._http = httpx.Client(timeout=PATIENCE, trust_env=False, headers={"Authorization": f"Bearer {tenant.key}"})
        self._apis, self._turn = apis, 0
        self.asked: list[Asked] = []

    def ask(self, document: str, /, *, api: Api | None = None, **variables: Any) -> Any:
        """The data of the answer. Raises Unknown."""
        self._turn += 1
        there = api or self._apis[self._turn % len(self._apis)]
        began = time.monotonic()
        ended = AWAY
        try:
            ended, data = self._answer(there, document, variables)
        except httpx.HTTPError as exc:
            ended = type(exc).__name__
        finally:
            self.asked.append(Asked(began, time.monotonic() - began, ended))
        if ended != "ok":
            raise Unknown(ended)
        return data

    def learn(self, document: str, /, **variables: Any) -> Any:
        """The data of a question, asked until it is answered."""
        for _ in range(_QUESTIONS - 1):
            try:
                return self.ask(document, **variables)
            except Unknown:
                time.sleep(0.5)
        return self.ask(document, **variables)

    def _answer(self, api: Api, document: str, variables: dict[str, Any]) -> tuple[str, Any]:
        answer = self._http.post(f"{api.address}/graphql", json={"query": document, "variables": variables})
        body = answer.json()
        if problems := body.get("errors"):
            return str(problems[0]["extensions"]["code"]), None
        for payload in body["data"].values():
            if isinstance(payload, dict) and payload.get("userErrors"):
                return str(payload["userErrors"][0]["code"]), None
        return "ok", body["data"]

    def close(self) -> None:
        self._http.close()


@dataclass(slots=True)
class Note:
    """One memory as its writer knows it. `may_be`: the texts that it may have now; None stands for gone."""

    label: str
    may_be: set[str | None]
    id: str | None = None

    @property
    def certain(self) -> bool:
        return self.id is not None and len(self.may_be) == 1

    @property
    def living(self) -> bool:
        return self.certain and None not in self.may_be

    @property
    def text(self) -> str:
        (text,) = self.may_be
        assert text is not None
        return text


@dataclass(slots=True)
class Knowledge:
    """What all writers of one organization know, and what they saw that must not be."""

    notes: list[Note] = field(default_factory=list)
    batches: list[list[Note]] = field(default_factory=list)
    acknowledged: int = 0
    unknown: int = 0
    wrong: list[str] = field(default_factory=list)


class Writer:
    """Adds, changes, forgets, erases and looks, until it is told to stop; `tries` times at one thing."""

    def __init__(self, name: str, client: Client, *, seed: int, tries: int = 3, pause: float = 0.02) -> None:
        self.label, self.client, self.knows = name, client, Knowledge()
        self._chance = random.Random(f"{name} {seed}")
        self._tries, self._pause, self._over = tries, pause, threading.Event()
        self._number = 0

    def begin(self) -> threading.Thread:
        self._over.clear()
        thread = threading.Thread(target=self._run, name=self.label)
        thread.start()
        return thread

    def _run(self) -> None:
        while not self._over.is_set():
            self.step()
            time.sleep(self._pause)

    def warm(self, steps: int) -> None:
        """So many in a row that were answered at once: cold servers are slow."""
        well = 0
        while well < steps:
            before = len(self.client.asked)
            self.step()
            well = well + 1 if all(each.ended == "ok" for each in self.client.asked[before:]) else 0

    def end(self) -> None:
        self._over.set()

    def step(self) -> None:
        living = [note for note in self.knows.notes if note.living]
        dice = self._chance.random()
        if dice < 0.4 or len(living) < 4:
            self.add(self._chance.choice((1, 1, 3)))
        elif dice < 0.6:
            self.update(self._chance.choice(living))
        elif dice < 0.7:
            self.forget(self._chance.choice(living), self._chance.choice(("FORGET", "ERASE")))
        else:
            self.look(self._chance.choice([note for note in self.knows.notes if note.certain]))

    def add(self, count: int = 1, *, api: Api | None = None) -> list[Note]:
        notes = [self._new() for _ in range(count)]
        self.knows.notes += notes
        self.knows.batches.append(notes)
        memories = [{"text": next(iter(note.may_be)), "mode": "VERBATIM"} for note in notes]
        for note in notes:
            note.may_be.add(None)
        done = self._insist(ADD, api=api, memories=memories, key=notes[0].label)
        if done is not None:
            for note, memory in zip(notes, done["addMemories"]["memories"], strict=True):
                note.id = memory["id"]
                note.may_be.discard(None)
        return notes

    def update(self, note: Note, *, api: Api | None = None) -> None:
        text = self._text(note.label)
        note.may_be.add(text)
        if self._insist(UPDATE, api=api, id=note.id, text=text) is not None:
            note.may_be = {text}

    def forget(self, note: Note, erasure: str = "ERASE") -> None:
        note.may_be.add(None)
        if self._insist(FORGET, id=note.id, erasure=erasure) is not None:
            note.may_be = {None}

    def look(self, note: Note, mode: str = "KEYWORD") -> None:
        """What was acknowledged is found by the next search, and what was deleted by none."""
        try:
            hits = self.client.ask(SEARCH, query=note.label, mode=mode)["search"]["nodes"]
        except Unknown:
            return
        found = [hit["text"] for hit in hits if hit["id"] == note.id]
        if found != [text for text in note.may_be if text is not None]:
            self.knows.wrong.append(f"{note.label} is {note.may_be}, found {found}")
        if strange := [hit["text"] for hit in hits if not hit["text"].startswith(self.label[0])]:
            self.knows.wrong.append(f"{self.label} saw another organization's {strange}")

    def _insist(self, document: str, /, **variables: Any) -> Any:
        """The same request until it is answered; None when it never was."""
        for attempt in range(self._tries):
            try:
                done = self.client.ask(document, **variables)
            except Unknown:
                self._over.wait(0.2 * 2**attempt)
                continue
            self.knows.acknowledged += 1
            return done
        self.knows.unknown += 1
        return None

    def _new(self) -> Note:
        self._number += 1
        label = f"{self.label}n{self._number}"
        return Note(label, {self._text(label)})

    def _text(self, label: str) -> str:
        return f"{label}: the bridge at kilometre {self._chance.randrange(10**9)} opened on 3 May 2024."
