"""Webhooks: who is told of a project's changes, where, and how it went. Admins manage them, as they do keys."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from app.domain import errors
from app.domain.ids import JobId, ProjectId, WebhookId
from app.domain.keys import Dialect
from app.domain.principal import Permission, Principal, require
from app.domain.query import Page, Row, Window
from app.domain.text import clean
from app.domain.webhook import (
    EVERYTHING,
    Delivery,
    Tiding,
    Webhook,
    WebhookEvent,
    deliveries_to,
    told_of,
)
from app.domain.work import Job, JobState
from app.ports.runtime import Clock, IdFactory
from app.ports.store import Reader, Store, UnitOfWork
from app.ports.webhooks import Sender
from app.services.deliver import Deliver
from app.services.errands import errand
from app.services.inputs import Slice
from app.services.notices import Body, Notices
from app.services.paging import Binding, listing, window_of
from app.services.references import project_of
from app.services.results import Listing

MAX_EVENTS = 20
MAX_HEADERS = 10
MAX_DESCRIPTION = 255
_EVENT = re.compile(r"[a-z_]{1,40}\.[a-z_]{1,40}")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_VALUE = re.compile(r"[\x20-\x7e]{0,1000}")
_OURS = re.compile(
    r"x-webhook-.*|host|content-.*|transfer-.*|connection|te|trailer|upgrade|expect|user-agent", re.IGNORECASE
)
_SECRET_BYTES = 32
_BRAND = "whs_live_"
_RECENT = 1_000
_LEASE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWebhook:
    """`project` by id or slug; None is the only one the key opens, else "default". `form`: see `Webhook`."""

    url: str
    events: Sequence[str]
    description: str | None = None
    headers: Mapping[str, str] | None = None
    active: bool = True
    project: str | None = None
    form: Dialect | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookPatch:
    """None leaves a thing as it is; an empty description or no headers takes them away."""

    url: str | None = None
    events: Sequence[str] | None = None
    description: str | None = None
    headers: Mapping[str, str] | None = None
    active: bool | None = None


class Webhooks:
    def __init__(
        self, *, store: Store, deliver: Deliver, notices: Notices, sender: Sender, clock: Clock, ids: IdFactory
    ) -> None:
        self._store, self._deliver, self._notices, self._sender = store, deliver, notices, sender
        self._clock, self._ids = clock, ids

    async def create(self, principal: Principal, *, webhook: NewWebhook) -> Webhook:
        """It hears of what happens from now on. Whoever makes it is shown its secret, and nobody later."""
        _demand(principal, Permission.WEBHOOK_WRITE)
        self._sender.demand_fit(webhook.url)
        events, headers = _events(webhook.events), _headers(webhook.headers or {})
        description, now = _description(webhook.description), self._clock.now()
        async with self._store.write(principal) as uow:
            made = Webhook(
                id=WebhookId(self._ids.new("webhook")),
                project=(await project_of(uow, principal, webhook.project)).id,
                url=webhook.url,
                events=events,
                description=description,
                headers=headers,
                active=webhook.active,
                form=webhook.form,
                secret=_BRAND + self._ids.secret(_SECRET_BYTES).hex(),
                heard=await uow.events.revision(),
                created_at=now,
                updated_at=now,
            )
            await uow.webhooks.put_many([made])
        return made

    async def update(self, principal: Principal, *, webhook: WebhookId, patch: WebhookPatch) -> Webhook:
        """One that is switched on again hears of what happens from then on. Raises NotFound."""
        _demand(principal, Permission.WEBHOOK_WRITE)
        if patch.url is not None:
            self._sender.demand_fit(patch.url)
        events = None if patch.events is None else _events(patch.events)
        headers = None if patch.headers is None else _headers(patch.headers)
        described = None if patch.description is None else _description(patch.description)
        async with self._store.write(principal) as uow:
            found = await _found(uow, webhook)
            wakes = bool(patch.active) and not found.active
            changed = replace(
                found,
                url=patch.url or found.url,
                events=found.events if events is None else events,
                headers=found.headers if headers is None else headers,
                description=found.description if patch.description is None else described,
                active=found.active if patch.active is None else patch.active,
                heard=await uow.events.revision() if wakes else found.heard,
                updated_at=self._clock.now(),
            )
            await uow.webhooks.put_many([changed])
        return changed

    async def delete(self, principal: Principal, *, webhook: WebhookId) -> Webhook:
        """What was still to be sent to it is not sent. Raises NotFound."""
        _demand(principal, Permission.WEBHOOK_WRITE)
        async with self._store.write(principal) as uow:
            found = await _found(uow, webhook)
            await uow.webhooks.remove([webhook])
        return found

    async def webhooks(self, principal: Principal, *, project: str | None = None, page: Slice) -> Listing[Webhook]:
        """Of one project, newest first."""
        _demand(principal, Permission.WEBHOOK_READ)
        binding = Binding(principal, "webhooks", project)
        window = window_of(page, binding)
        async with self._store.read(principal) as reader:
            home = await project_of(reader, principal, project)
            rows = await reader.webhooks.page(window, project=home.id)
        return listing(rows, page, binding)

    async def known(self, principal: Principal, *, project: ProjectId) -> list[Webhook]:
        """The newest thousand of a project, newest first."""
        _demand(principal, Permission.WEBHOOK_READ)
        async with self._store.read(principal) as reader:
            rows = await reader.webhooks.page(Window(limit=_RECENT), project=project)
        return [row.item for row in rows.rows]

    async def webhook(self, principal: Principal, *, webhook: WebhookId) -> Webhook:
        """Raises NotFound."""
        _demand(principal, Permission.WEBHOOK_READ)
        async with self._store.read(principal) as reader:
            return await _found(reader, webhook)

    async def deliveries(self, principal: Principal, *, webhook: WebhookId, page: Slice) -> Listing[Delivery]:
        """Newest first. Raises NotFound."""
        _demand(principal, Permission.WEBHOOK_READ)
        binding = Binding(principal, "deliveries", webhook)
        window = window_of(page, binding)
        async with self._store.read(principal) as reader:
            found = await _found(reader, webhook)
            rows = await reader.jobs.page(
                window, project=found.project, states=(), parked=None, names=(deliveries_to(webhook),)
            )
        sent = Page([Row(Delivery(row.item), row.position) for row in rows.rows], more=rows.more)
        return listing(sent, page, binding)

    async def recent(self, principal: Principal, *, webhook: WebhookId) -> list[Delivery]:
        """The last thousand, newest first. Raises NotFound."""
        _demand(principal, Permission.WEBHOOK_READ)
        async with self._store.read(principal) as reader:
            found = await _found(reader, webhook)
            rows = await reader.jobs.page(
                Window(limit=_RECENT), project=found.project, states=(), parked=None, names=(deliveries_to(webhook),)
            )
        return [Delivery(row.item) for row in rows.rows]

    async def delivery(self, principal: Principal, *, webhook: WebhookId, delivery: JobId) -> Delivery:
        """Raises NotFound, for what was sent to another webhook as well."""
        _demand(principal, Permission.WEBHOOK_READ)
        async with self._store.read(principal) as reader:
            await _found(reader, webhook)
            (job,) = await reader.jobs.get_many([delivery])
        if job is None or job.name != deliveries_to(webhook):
            raise errors.NotFound("there is no such delivery")
        return Delivery(job)

    async def payloads(self, principal: Principal, *, webhook: Webhook, deliveries: Sequence[Delivery]) -> list[Body]:
        """What each says, with the memory as it is now: nothing of it is kept beside the memory."""
        _demand(principal, Permission.WEBHOOK_READ)
        return await self._notices.bodies(principal, webhook=webhook, deliveries=deliveries)

    async def test(self, principal: Principal, *, webhook: WebhookId) -> Delivery:
        """Sends a sample at once, switched on or not, in one attempt; how that went. Raises NotFound."""
        _demand(principal, Permission.WEBHOOK_WRITE)
        async with self._store.write(principal) as uow:
            job = self._sample(principal, await _found(uow, webhook))
            await uow.jobs.put_many([job])
        (after,) = await self._deliver.attempt(principal, jobs=[job])
        return Delivery(after)

    def _sample(self, principal: Principal, webhook: Webhook) -> Job:
        """Begun already, so that no worker takes it up unless we die."""
        now = self._clock.now()
        tiding = Tiding(event=WebhookEvent.TEST, subject=webhook.id, at=now, data={"message": "This is a test."})
        job = errand(
            principal,
            deliveries_to(webhook.id),
            project=webhook.project,
            user=None,
            arguments=told_of(tiding),
            ids=self._ids,
            now=now,
        )
        return replace(
            job,
            state=JobState.PROCESSING,
            stage="started",
            leased_until=now + _LEASE,
            attempts=1,
            max_attempts=1,
            fence=1,
        )


def _demand(principal: Principal, permission: Permission) -> None:
    """A webhook hears of everybody in its project: who is narrowed to one end user has nothing to do with any."""
    require(principal, permission)
    if principal.end_user is not None:
        raise errors.Forbidden("a key of one end user does not manage webhooks")


async def _found(door: Reader | UnitOfWork, webhook: WebhookId) -> Webhook:
    (found,) = await door.webhooks.get_many([webhook])
    if found is None:
        raise errors.NotFound("there is no such webhook")
    return found


def _events(names: Sequence[str]) -> tuple[str, ...]:
    if not 1 <= len(names) <= MAX_EVENTS:
        raise errors.invalid("events", f"must be 1 to {MAX_EVENTS}", "out_of_range")
    for place, name in enumerate(names):
        if name != EVERYTHING and not _EVENT.fullmatch(name):
            raise errors.invalid(f"events.{place}", "must be * or like memory.created")
    return tuple(dict.fromkeys(names))


def _description(text: str | None) -> str | None:
    return clean("description", text, limit=MAX_DESCRIPTION) if text else None


def _headers(given: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    if len(given) > MAX_HEADERS:
        raise errors.invalid("headers", f"must be at most {MAX_HEADERS}", "too_many")
    for name, value in given.items():
        if not _HEADER.fullmatch(name) or not _VALUE.fullmatch(value):
            raise errors.invalid("headers", "must be names of headers with printable ASCII of at most 1,000 characters")
        if _OURS.fullmatch(name):
            raise errors.invalid("headers", f"{name} is ours to set", "reserved")
    return tuple(given.items())
