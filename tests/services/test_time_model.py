"""Any sequence of writes: the state at each revision equals that of a plain model."""

import asyncio
import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.adapters.runtime import OrderedIds
from app.adapters.sqlite.store import open_store
from app.domain import errors
from app.domain.ids import MemoryId
from app.domain.principal import Principal
from app.services.accounts import Accounts
from app.services.chronicle import Chronicle
from app.services.forget import Forget
from app.services.inputs import (
    Address,
    AsOf,
    Erasure,
    ForgetRequest,
    MemoryPatch,
    NewMemory,
    NewValue,
    Slice,
    Sort,
    Where,
)
from app.services.keypaths import Keypaths
from app.services.past import Past
from app.services.remember import Remember
from app.services.vectors import Vectors
from tests.api.schema.world import BagOfWords
from tests.builders import a_principal, an_organization
from tests.fakes import FixedClock

PATHS = ("a", "a.b", "b")
WHICH = st.integers(0, 5)
STEPS = st.one_of(
    st.tuples(st.just("add"), st.sampled_from((*PATHS, None))),
    st.tuples(st.just("update"), WHICH),
    st.tuples(st.just("forget"), WHICH),
    st.tuples(st.just("restore"), WHICH),
    st.tuples(st.just("version"), WHICH),
    st.tuples(st.just("store"), st.sampled_from(PATHS)),
    st.tuples(st.just("forget subtree"), st.sampled_from(PATHS)),
)
State = dict[str, tuple[str, str | None]]
"""Text and keypath of what lives, by id."""
REFUSED = (errors.NotFound, errors.Conflict, errors.Invalid)


class Model:
    """What there ever was: texts of all versions by id, the keypath, and whether it lives."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {}
        self.paths: dict[str, str | None] = {}
        self.living: dict[str, bool] = {}

    @property
    def state(self) -> State:
        return {id_: (texts[-1], self.paths[id_]) for id_, texts in self.texts.items() if self.living[id_]}

    def at(self, path: str | None) -> str | None:
        return next((i for i, p in self.paths.items() if path is not None and p == path and self.living[i]), None)

    def write(self, id_: str, text: str, *, path: str | None, living: bool = True) -> None:
        self.texts.setdefault(id_, []).append(text)
        self.paths[id_] = path
        self.living[id_] = living

    def pick(self, which: int) -> str:
        ids = list(self.texts)
        return ids[which % len(ids)] if ids else "mem_00000000000000000000000000"


class Bench:
    def __init__(self, store: object, clock: FixedClock) -> None:
        ids, vectors = OrderedIds(clock), Vectors(BagOfWords())
        self.clock, self.store, self.model, self.number = clock, store, Model(), 0
        kit = {"store": store, "vectors": vectors, "clock": clock, "ids": ids}
        self.remember, self.keypaths, self.chronicle = Remember(**kit), Keypaths(**kit), Chronicle(**kit)  # type: ignore[arg-type]
        self.forget = Forget(store=store, clock=clock, ids=ids)  # type: ignore[arg-type]
        self.past = Past(store=store, clock=clock)  # type: ignore[arg-type]
        self.accounts = Accounts(store=store, clock=clock, ids=ids)  # type: ignore[arg-type]

    async def do(self, who: Principal, verb: str, what: int | str | None) -> None:
        """Does a step on both; what the services refuse must change nothing."""
        model = self.model
        self.number += 1
        text = f"text {self.number}"
        match verb, what:
            case "add", path:
                keypath = None if path is None else str(path)
                added = await self.remember.add(who, memory=NewMemory(text=text, keypath=keypath))
                assert model.at(keypath) is None
                model.write(added.memories[0].id, text, path=keypath)
            case "store", str(path):
                stored = await self.keypaths.store(who, value=NewValue(keypath=path, value=text))
                assert model.at(path) in (None, stored.memory.id)
                model.write(stored.memory.id, text, path=path)
            case "forget subtree", str(path):
                await self.keypaths.forget(who, address=Address(keypath=path), subtree=True)
                for id_, own in model.paths.items():
                    if model.living[id_] and own is not None and (own == path or own.startswith(f"{path}.")):
                        model.write(id_, model.texts[id_][-1], path=own, living=False)
            case _, int(which):
                await self._change(who, verb, model.pick(which), which, text)

    async def _change(self, who: Principal, verb: str, id_: str, which: int, text: str) -> None:
        model, memory = self.model, MemoryId(id_)
        match verb:
            case "update":
                await self.remember.update(who, memory=memory, patch=MemoryPatch(text=text))
                model.write(id_, text, path=model.paths[id_])
            case "forget":
                request = ForgetRequest(ids=(memory,))
                gone = await self.forget.forget(who, request=request, erasure=Erasure.FORGET)
                if gone.count:
                    model.write(id_, model.texts[id_][-1], path=model.paths[id_], living=False)
            case "restore":
                await self.forget.restore(who, ids=[memory])
                model.write(id_, model.texts[id_][-1], path=model.paths[id_])
            case "version":
                version = which % max(len(model.texts.get(id_, ())), 1) + 1
                await self.chronicle.restore(who, memory=memory, version=version)
                model.write(id_, model.texts[id_][version - 1], path=model.paths[id_])

    async def state(self, who: Principal, as_of: AsOf) -> State:
        page = await self.past.memories(who, where=Where(), sort=Sort(), page=Slice(first=100), as_of=as_of)
        return {item.node.id: (item.node.text, item.node.keypath) for item in page.items}


async def played(steps: list[tuple[str, int | str | None]], path: Path) -> None:
    clock, who = FixedClock(), a_principal()
    async with open_store(path, clock=clock) as store:
        await store.found(an_organization())
        bench = Bench(store, clock)
        await bench.accounts.furnish(who)
        states: list[tuple[AsOf, AsOf, State]] = []
        for verb, what in steps:
            moment = clock.now()
            with suppress(*REFUSED):
                await bench.do(who, verb, what)
            async with store.read(who) as reader:
                revision = await reader.events.revision()
            states.append((AsOf(revision=revision), AsOf(known_at=moment), bench.model.state))
            clock.advance(timedelta(seconds=1))
        for by_revision, by_time, expected in states:
            assert await bench.state(who, by_revision) == expected
            assert await bench.state(who, by_time) == expected
            for keypath in PATHS:
                found = await bench.past.at(who, address=Address(keypath=keypath), as_of=by_revision)
                held = [text for text, own in expected.values() if own == keypath]
                assert ([found.text] if found else []) == held


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEPS, min_size=1, max_size=14))
def test_the_state_at_each_moment_is_that_of_the_model(steps: list[tuple[str, int | str | None]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(played(steps, Path(folder) / "memory.db"))
