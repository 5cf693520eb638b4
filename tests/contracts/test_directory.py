"""The doors that open without a tenant, and what an operator does to the whole store."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain import errors
from app.domain.ids import KeyId, MemberId, MemoryId, OrganizationId
from app.ports.directory import KeyOwner
from tests.builders import NOON, a_job, a_key, a_member, a_memory, a_principal, an_embedding, an_event, an_organization
from tests.contracts.conftest import BACKENDS, WholeStore
from tests.fakes import FixedClock

US = a_principal()
KEY = KeyId("key_1")
only_a_file = pytest.mark.parametrize("backend", ["sqlite"])
"""A server's data are exported instead."""


async def test_the_first_tenant_is_there_or_made_once(backend: str, tmp_path: Path, clock: FixedClock) -> None:
    async with BACKENDS[backend](tmp_path, clock) as empty:
        ours = [an_organization(id=OrganizationId(f"org_{number}")) for number in range(8)]
        found = await asyncio.gather(*(empty.first(one) for one in ours))
        assert found[0] in ours
        assert found == [found[0]] * 8
        assert await empty.organizations() == [found[0]]


async def test_a_key_leads_to_its_owner(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.keys.put(a_key(revoked_at=NOON))
    assert await store.key_owner(KEY) == KeyOwner(US.tenant, a_key(revoked_at=NOON), active=True)
    assert await store.key_owner(KeyId("key_9")) is None


async def test_a_key_of_an_inactive_member_is_inactive(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.members.put(a_member())
        await uow.keys.put(a_key(member=a_member().id))
        await uow.keys.put(a_key(id=KeyId("key_2"), member=MemberId("mbr_gone")))
    owner = await store.key_owner(KEY)
    assert owner is not None
    assert owner.active
    async with store.write(US) as uow:
        await uow.members.put(a_member(active=False))
    for key in (KEY, KeyId("key_2")):
        owner = await store.key_owner(key)
        assert owner is not None
        assert not owner.active


async def test_a_key_remembers_when_it_was_last_used(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.keys.put(a_key())
    await store.touch_key(KEY, at=NOON + timedelta(hours=1))
    await store.touch_key(KEY, at=NOON)
    await store.touch_key(KeyId("key_9"), at=NOON)
    owner = await store.key_owner(KEY)
    assert owner is not None
    assert owner.key.last_used_at == NOON + timedelta(hours=1)


async def test_tenants_are_listed_oldest_first_and_founded_once(store: WholeStore) -> None:
    older = an_organization(id=OrganizationId("org_0"), created_at=NOON - timedelta(days=1))
    await store.found(older)
    await store.found(an_organization(name="Renamed"))
    assert await store.organizations() == [older, an_organization()]


@only_a_file
async def test_a_backup_is_whole_and_opens(store: WholeStore, backend: str, tmp_path: Path, clock: FixedClock) -> None:
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory()])
        await uow.memories.embed_many({a_memory().id: an_embedding()})
    folder = tmp_path / "copy"
    folder.mkdir()
    await store.backup(str(folder / "memories.db"))
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(id=MemoryId("mem_2"))])
    async with BACKENDS[backend](folder, clock) as copy, copy.read(US) as reader:
        assert await reader.memories.get_many([a_memory().id, MemoryId("mem_2")]) == [a_memory(), None]
        assert (await copy.check()).problems == []


@only_a_file
async def test_a_backup_overwrites_nothing_and_says_where_it_cannot_write(store: WholeStore, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("precious")
    for path in (taken, tmp_path / "missing" / "copy.db"):
        with pytest.raises(errors.Invalid) as caught:
            await store.backup(str(path))
        assert [wrong.field for wrong in caught.value.fields] == ["path"]
    assert taken.read_text() == "precious"


async def test_a_check_counts_what_is_there(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory()])
        await uow.jobs.put_many([a_job()])
        uow.emit(an_event())
    report = await store.check()
    assert report.problems == []
    assert {name: report.facts[name] for name in ("organizations", "memories", "versions", "jobs", "events")} == {
        "organizations": "1",
        "memories": "1",
        "versions": "1",
        "jobs": "1",
        "events": "2",
    }
