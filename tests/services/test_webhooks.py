"""Webhooks: what they are told, signed how, how often it is tried, and who may see any of it."""

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain import errors
from app.domain.ids import MemoryId, ProjectId, UserId, WebhookId
from app.domain.keys import Dialect
from app.domain.memory import Memory
from app.domain.principal import Only, Permission, Principal
from app.domain.webhook import Delivery, DeliveryState, Webhook, pause_after, signature
from app.domain.work import EventKind, Job
from app.jobs.courier import Courier
from app.jobs.handlers import Handler
from app.services.announce import Announce
from app.services.deliver import Deliver
from app.services.inputs import Slice
from app.services.notices import Notices
from app.services.webhooks import NewWebhook, WebhookPatch, Webhooks
from tests.builders import a_memory, a_project, an_event
from tests.fakes import ToldSender
from tests.hook_endpoint import Reply
from tests.services.conftest import Bench

URL = "https://hooks.example.com/in"
HOOK = NewWebhook(url=URL, events=["memory.created"])


@dataclass(frozen=True, slots=True)
class Post:
    """The services over a bench, and what they sent."""

    bench: Bench
    sender: ToldSender
    deliver: Deliver
    webhooks: Webhooks
    courier: Courier

    async def said(self, text: str = "Tea at four", **changes: Any) -> Memory:
        """A memory of the default project, told of as adding it does."""
        async with self.bench.store.write(self.bench.operator) as uow:
            project = await uow.projects.by_slug("default")
            assert project
            id_ = MemoryId(self.bench.ids.new("memory"))
            memory = replace(a_memory(id=id_, project=project.id, text=text), **changes)
            await uow.memories.put_many([memory])
            uow.emit(an_event(subject=memory.id, project=memory.project, user=memory.user, data={"version": 1}))
        return memory

    async def told(self) -> int:
        """How many deliveries the courier leaves behind until there are no more news."""
        total = 0
        while await self.bench.store.tenants_with_news(limit=9):
            total += await self.courier.look()
        return total

    async def work(self) -> None:
        """One attempt at whatever is due."""
        runner = self.bench.runner({"deliver": Handler(run=self._run, abandon=_nothing)})
        while await self.bench.store.tenants_with_due_jobs(now=self.bench.clock.now(), limit=9):
            await runner._claim()
            while runner._running:
                await next(iter(runner._running))

    async def _run(self, principal: Principal, jobs: Sequence[Job]) -> Sequence[Job]:
        return await self.deliver.run(principal, jobs=jobs)

    async def log(self, webhook: Webhook) -> list[Delivery]:
        return await self.webhooks.recent(self.bench.operator, webhook=webhook.id)


async def _nothing(_principal: Principal, _job: Job) -> None:
    """Nothing is left to tidy up."""


@pytest.fixture
def post(bench: Bench) -> Post:
    sender = ToldSender()
    notices = Notices(store=bench.store, forms={Dialect.MEMSOLUS: lambda told: {"form": told.tiding.event}})
    deliver = Deliver(store=bench.store, notices=notices, sender=sender, clock=bench.clock, jitter=lambda: 0.5)
    webhooks = Webhooks(
        store=bench.store, deliver=deliver, notices=notices, sender=sender, clock=bench.clock, ids=bench.ids
    )
    announce = Announce(store=bench.store, clock=bench.clock, ids=bench.ids)
    courier = Courier(directory=bench.store, authenticator=bench.authenticator, announce=announce)
    return Post(bench, sender, deliver, webhooks, courier)


async def test_a_memory_arrives_signed(post: Post) -> None:
    hook = await post.webhooks.create(post.bench.operator, webhook=replace(HOOK, headers={"X-Mine": "yes"}))
    assert hook.secret.startswith("whs_live_")
    memory = await post.said()
    assert (await post.told(), post.sender.posts) == (1, [])
    await post.work()
    (sent,) = post.sender.posts
    headers = dict(sent.headers)
    expected = hmac.new(hook.secret.encode(), sent.body, hashlib.sha256).hexdigest()
    assert headers["X-Webhook-Signature"] == f"sha256={expected}" == signature(hook.secret, sent.body)
    assert headers["X-Webhook-Timestamp"] == str(int(post.bench.clock.now().timestamp()))
    assert (sent.url, headers["X-Mine"], headers["Content-Type"]) == (URL, "yes", "application/json")
    body = json.loads(sent.body)
    (delivery,) = await post.log(hook)
    assert (body["id"], body["event"], body["project"]) == (delivery.id, "memory.created", hook.project)
    assert (body["data"]["id"], body["data"]["text"]) == (memory.id, "Tea at four")
    assert (delivery.state, delivery.attempts, delivery.response_code) == (DeliveryState.SUCCESS, 1, 200)
    assert (delivery.delivered_at, delivery.due_at, delivery.error) == (post.bench.clock.now(), None, None)


async def test_each_event_is_put_down_once(post: Post) -> None:
    hook = await post.webhooks.create(post.bench.operator, webhook=replace(HOOK, events=["*"]))
    await post.said()
    await post.said()
    assert await post.told() == 2
    assert await post.told() == 0
    await post.work()
    assert await post.told() == 0, "what its own jobs tell is no news"
    assert [each.tiding.event for each in await post.log(hook)] == ["memory.created"] * 2


async def test_it_hears_of_what_it_listens_to_in_its_project_from_then_on(post: Post) -> None:
    await post.said("Before")
    async with post.bench.store.write(post.bench.operator) as uow:
        await uow.projects.put(a_project(id=ProjectId("prj_2"), slug="other"))
    hook = await post.webhooks.create(post.bench.operator, webhook=replace(HOOK, events=["memory.processed"]))
    await post.said(project=ProjectId("prj_2"))
    async with post.bench.store.write(post.bench.operator) as uow:
        uow.emit(an_event(kind=EventKind.MEMORY_UPDATED, project=hook.project, data={"processed": True}))
        uow.emit(an_event(kind=EventKind.MEMORY_UPDATED, project=hook.project))
        uow.emit(an_event(kind=EventKind.KEY_CREATED, project=None, subject="key_1"))
    assert await post.told() == 1
    assert [each.tiding.event for each in await post.log(hook)] == ["memory.processed"]


async def test_what_fails_is_tried_five_times_within_a_day(post: Post) -> None:
    hook = await post.webhooks.create(post.bench.operator, webhook=HOOK)
    await post.said()
    await post.told()
    begun = post.bench.clock.now()
    post.sender.replies += [Reply(500, b"later")] * 5
    bodies = []
    for attempt in range(1, 6):
        await post.work()
        await post.work()
        (delivery,) = await post.log(hook)
        bodies.append(post.sender.posts[-1].body)
        assert (delivery.attempts, delivery.error, delivery.response_body) == (attempt, "answered 500", "later")
        if delivery.due_at:
            assert delivery.due_at == post.bench.clock.now() + timedelta(minutes=10 ** (attempt - 1))
            post.bench.clock.advance(delivery.due_at - post.bench.clock.now())
    assert (delivery.state, delivery.response_code, len(set(bodies))) == (DeliveryState.FAILED, 500, 1)
    assert post.bench.clock.now() - begun < timedelta(hours=24)
    post.bench.clock.advance(timedelta(days=9))
    await post.work()
    assert len(post.sender.posts) == 5
    assert (await post.webhooks.webhook(post.bench.operator, webhook=hook.id)).active


def test_the_longest_pauses_fit_in_a_day() -> None:
    assert sum((pause_after(each, jitter=1.0) for each in range(1, 5)), timedelta()) < timedelta(hours=24)


async def test_what_failed_and_then_arrives_is_a_success(post: Post) -> None:
    hook = await post.webhooks.create(post.bench.operator, webhook=HOOK)
    await post.said()
    await post.told()
    post.sender.replies.append(Reply(503))
    await post.work()
    post.bench.clock.advance(timedelta(hours=1))
    await post.work()
    (delivery,) = await post.log(hook)
    assert (delivery.state, delivery.attempts, delivery.response_code) == (DeliveryState.SUCCESS, 2, 200)


async def test_a_worker_that_dies_leaves_it_to_the_next(post: Post) -> None:
    """At least once: claimed and perhaps sent, never noted."""
    hook = await post.webhooks.create(post.bench.operator, webhook=HOOK)
    await post.said()
    await post.told()
    sweeper, now = post.bench.authenticator.sweeper(post.bench.operator.tenant), post.bench.clock.now()
    async with post.bench.store.write(sweeper) as uow:
        assert len(await uow.jobs.claim(now=now, until=now + timedelta(seconds=60), limit=9)) == 1
    await post.work()
    assert post.sender.posts == []
    post.bench.clock.advance(timedelta(seconds=61))
    await post.work()
    (delivery,) = await post.log(hook)
    assert (delivery.state, len(post.sender.posts)) == (DeliveryState.SUCCESS, 1)


async def test_nothing_is_told_of_what_was_not_committed(post: Post) -> None:
    await post.webhooks.create(post.bench.operator, webhook=HOOK)

    async def undone() -> None:
        async with post.bench.store.write(post.bench.operator) as uow:
            uow.emit(an_event())
            raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        await undone()
    assert await post.told() == 0


async def test_what_is_erased_meanwhile_is_told_by_its_id_alone(post: Post) -> None:
    hook = await post.webhooks.create(post.bench.operator, webhook=HOOK)
    memory = await post.said("A secret")
    await post.told()
    async with post.bench.store.write(post.bench.operator) as uow:
        await uow.memories.erase([memory.id])
    await post.work()
    assert json.loads(post.sender.posts[0].body)["data"] == {"id": memory.id, "version": 1}
    (delivery,) = await post.log(hook)
    assert "A secret" not in repr(delivery)


async def test_one_that_is_switched_off_is_sent_nothing(post: Post) -> None:
    operator = post.bench.operator
    hook = await post.webhooks.create(operator, webhook=HOOK)
    await post.said()
    await post.told()
    await post.webhooks.update(operator, webhook=hook.id, patch=WebhookPatch(active=False))
    await post.work()
    (delivery,) = await post.log(hook)
    assert (delivery.state, delivery.error) == (DeliveryState.FAILED, "the webhook was switched off")
    await post.said("Unheard")
    await post.webhooks.update(operator, webhook=hook.id, patch=WebhookPatch(active=True))
    await post.said("Heard")
    assert await post.told() == 1
    await post.work()
    assert [json.loads(sent.body)["data"]["text"] for sent in post.sender.posts] == ["Heard"]


async def test_one_that_is_deleted_is_sent_nothing(post: Post) -> None:
    hook = await post.webhooks.create(post.bench.operator, webhook=HOOK)
    await post.said()
    await post.told()
    assert (await post.webhooks.delete(post.bench.operator, webhook=hook.id)).id == hook.id
    await post.work()
    assert post.sender.posts == []
    with pytest.raises(errors.NotFound, match="there is no such webhook"):
        await post.log(hook)


async def test_a_test_is_sent_at_once_whatever_else(post: Post) -> None:
    operator = post.bench.operator
    hook = await post.webhooks.create(operator, webhook=replace(HOOK, active=False))
    post.sender.replies += [Reply(200, b"hello"), Reply(500)]
    good = await post.webhooks.test(operator, webhook=hook.id)
    bad = await post.webhooks.test(operator, webhook=hook.id)
    assert (good.state, good.response_body) == (DeliveryState.SUCCESS, "hello")
    assert (bad.state, bad.attempts, bad.error) == (DeliveryState.FAILED, 1, "answered 500")
    assert {json.loads(sent.body)["event"] for sent in post.sender.posts} == {"webhook.test"}
    assert [each.id for each in await post.log(hook)] == [bad.id, good.id]
    assert await post.webhooks.delivery(operator, webhook=hook.id, delivery=good.id) == good


async def test_a_dialects_webhook_is_sent_that_dialects_bodies(post: Post) -> None:
    hook = await post.webhooks.create(post.bench.operator, webhook=replace(HOOK, form=Dialect.MEMSOLUS))
    await post.said()
    await post.told()
    await post.work()
    assert json.loads(post.sender.posts[0].body) == {"form": "memory.created"}
    assert await post.webhooks.payloads(
        post.bench.operator, webhook=hook, deliveries=await post.log(hook)
    ) == [{"form": "memory.created"}]  # fmt: skip


async def test_lists_go_newest_first_and_by_page(post: Post) -> None:
    operator = post.bench.operator
    one = await post.webhooks.create(operator, webhook=HOOK)
    post.bench.clock.advance(timedelta(seconds=1))
    two = await post.webhooks.create(operator, webhook=HOOK)
    first = await post.webhooks.webhooks(operator, page=Slice(first=1))
    assert ([item.node for item in first.items], first.has_next) == ([two], True)
    rest = await post.webhooks.webhooks(operator, page=Slice(after=first.items[0].cursor))
    assert [item.node for item in rest.items] == [one]
    for _ in range(2):
        post.bench.clock.advance(timedelta(seconds=1))
        await post.webhooks.test(operator, webhook=one.id)
    sent = await post.webhooks.deliveries(operator, webhook=one.id, page=Slice(first=1))
    assert ([item.node.id for item in sent.items], sent.has_next) == ([(await post.log(one))[0].id], True)


async def test_a_change_leaves_the_rest(post: Post) -> None:
    operator = post.bench.operator
    full = replace(HOOK, description="All", headers={"X-A": "1"})
    hook = await post.webhooks.create(operator, webhook=full)
    patch = WebhookPatch(url="https://other.example/", events=["*", "*"], description="", headers={})
    changed = await post.webhooks.update(operator, webhook=hook.id, patch=patch)
    assert (changed.url, changed.events, changed.description, changed.headers) == (patch.url, ("*",), None, ())
    assert changed.secret == hook.secret
    assert await post.webhooks.update(operator, webhook=hook.id, patch=WebhookPatch()) == changed


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"url": "nowhere"}, "url"),
        ({"events": []}, "events"),
        ({"events": ["memory.created"] * 21}, "events"),
        ({"events": ["*", "Memory!"]}, "events.1"),
        ({"description": "x" * 256}, "description"),
        ({"headers": {f"X-{n}": "1" for n in range(11)}}, "headers"),
        ({"headers": {"X Y": "1"}}, "headers"),
        ({"headers": {"X-A": "1\r\nX-B: 2"}}, "headers"),
        ({"headers": {"host": "other"}}, "headers"),
        ({"headers": {"X-Webhook-Signature": "sha256=0"}}, "headers"),
        ({"project": "nowhere"}, "project"),
    ],
)
async def test_bad_input_is_refused(post: Post, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(errors.Invalid) as refused:
        await post.webhooks.create(post.bench.operator, webhook=replace(HOOK, **wrong))
    assert [problem.field for problem in refused.value.fields] == [field]
    assert not (await post.webhooks.webhooks(post.bench.operator, page=Slice())).items


async def test_they_are_managed_by_admins_of_the_project_alone(post: Post) -> None:
    operator = post.bench.operator
    hook = await post.webhooks.create(operator, webhook=HOOK)
    nobody = replace(operator, permissions=frozenset({Permission.MEMORY_READ, Permission.MEMORY_WRITE}))
    bound = replace(operator, visible=Only(frozenset({hook.project})), end_user=UserId("usr_1"))
    elsewhere = replace(operator, visible=Only(frozenset({ProjectId("prj_9")})))
    calls: dict[str, Callable[[Principal], Awaitable[object]]] = {
        "get": lambda who: post.webhooks.webhook(who, webhook=hook.id),
        "update": lambda who: post.webhooks.update(who, webhook=hook.id, patch=WebhookPatch(active=False)),
        "delete": lambda who: post.webhooks.delete(who, webhook=hook.id),
        "test": lambda who: post.webhooks.test(who, webhook=hook.id),
        "deliveries": lambda who: post.webhooks.deliveries(who, webhook=hook.id, page=Slice()),
        "recent": lambda who: post.webhooks.recent(who, webhook=hook.id),
    }
    for call in calls.values():
        for who, refusal in ((nobody, errors.Forbidden), (bound, errors.Forbidden), (elsewhere, errors.NotFound)):
            with pytest.raises(refusal):
                await call(who)
    for who in (nobody, bound):
        with pytest.raises(errors.Forbidden):
            await post.webhooks.create(who, webhook=HOOK)
    with pytest.raises(errors.NotFound):
        await post.webhooks.webhook(operator, webhook=WebhookId("whk_9"))
    assert await post.webhooks.webhook(operator, webhook=hook.id) == hook
    assert post.sender.posts == []


async def test_a_delivery_belongs_to_its_webhook(post: Post) -> None:
    operator = post.bench.operator
    one, two = [await post.webhooks.create(operator, webhook=HOOK) for _ in range(2)]
    sent = await post.webhooks.test(operator, webhook=one.id)
    with pytest.raises(errors.NotFound, match="there is no such delivery"):
        await post.webhooks.delivery(operator, webhook=two.id, delivery=sent.id)
