"""Delivering: the job that sends what a webhook is to be told, signed, until it has arrived or a day has passed."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from app.domain import errors
from app.domain.principal import Principal
from app.domain.webhook import Delivery, Webhook, pause_after, signature
from app.domain.work import Job, completed, failed, postponed
from app.ports.runtime import Clock
from app.ports.store import Store
from app.ports.webhooks import Answer, Post, Sender
from app.services.notices import Body, Notices, written


class Deliver:
    def __init__(
        self, *, store: Store, notices: Notices, sender: Sender, clock: Clock, jitter: Callable[[], float]
    ) -> None:
        """`jitter` gives numbers of 0..1."""
        self._store, self._notices, self._sender, self._clock = store, notices, sender, clock
        self._jitter = jitter

    async def run(self, principal: Principal, *, jobs: Sequence[Job]) -> list[Job]:
        """Deliveries to one webhook, all at once; those that have ended. The others are tried again later."""
        after = await self.attempt(principal, jobs=jobs)
        return [job for job in after if job.state.ended]

    async def attempt(self, principal: Principal, *, jobs: Sequence[Job]) -> list[Job]:
        """One attempt at each, noted under its fence. Raises NotFound and Gone where nobody is to be told any more."""
        deliveries = [Delivery(job) for job in jobs]
        webhook = await self._webhook(principal, deliveries[0])
        bodies = await self._notices.bodies(principal, webhook=webhook, deliveries=deliveries)
        answers = await asyncio.gather(*(self._sender.post(self._post(webhook, body)) for body in bodies))
        async with self._store.write(principal) as uow:
            held = [await uow.jobs.held(job.id, job.fence) for job in jobs]
            after = [self._after(job, answer) for job, answer in zip(held, answers, strict=True)]
            await uow.jobs.put_many(after)
        return after

    async def _webhook(self, principal: Principal, delivery: Delivery) -> Webhook:
        async with self._store.read(principal) as reader:
            (webhook,) = await reader.webhooks.get_many([delivery.webhook])
        if webhook is None:
            raise errors.NotFound("the webhook was deleted")
        if not webhook.active and not delivery.asked_for:
            raise errors.Gone("the webhook was switched off")
        return webhook

    def _post(self, webhook: Webhook, body: Body) -> Post:
        raw = written(body)
        own = (
            ("Content-Type", "application/json"),
            ("User-Agent", "mnemograph-webhooks"),
            ("X-Webhook-Signature", signature(webhook.secret, raw)),
            ("X-Webhook-Timestamp", str(int(self._clock.now().timestamp()))),
        )
        return Post(url=webhook.url, headers=(*own, *webhook.headers), body=raw)

    def _after(self, job: Job, answer: Answer) -> Job:
        now = self._clock.now()
        noted = replace(job, arguments={**job.arguments, "body": answer.body})
        result = {} if answer.code is None else {"code": answer.code}
        if answer.error is None:
            return completed(noted, result=result, now=now)
        noted = replace(noted, result=result)
        if job.attempts >= job.max_attempts:
            return failed(noted, code="undelivered", message=answer.error, now=now)
        due_at = now + pause_after(job.attempts, jitter=self._jitter())
        return postponed(noted, code="undelivered", message=answer.error, due_at=due_at, now=now)
