"""Announcing: the event log is followed, and what a webhook listens to becomes a delivery for it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from app.domain.principal import Principal
from app.domain.webhook import Webhook, deliveries_to, tidings_of, told_of
from app.domain.work import Job, RecordedEvent
from app.ports.runtime import Clock, IdFactory
from app.ports.store import Store
from app.services.errands import errand

_WEBHOOKS = 100
_EVENTS = 500


class Announce:
    def __init__(self, *, store: Store, clock: Clock, ids: IdFactory) -> None:
        self._store, self._clock, self._ids = store, clock, ids

    async def catch_up(self, principal: Principal) -> int:
        """How many deliveries it left behind for the next events that some webhook has not heard of.

        The deliveries and how far each webhook has heard are one unit of work: each event is put down once,
        whoever follows the log besides, and whenever one of them dies.
        """
        async with self._store.write(principal) as uow:
            behind = await uow.webhooks.behind(limit=_WEBHOOKS)
            if not behind:
                return 0
            events = await uow.events.after(behind[0].heard, project=None, limit=_EVENTS)
            newest = events[-1].revision if events else await uow.events.revision()
            jobs = list(self._jobs(principal, behind, events, self._clock.now()))
            await uow.jobs.put_many(jobs)
            await uow.webhooks.put_many([replace(each, heard=newest) for each in behind if each.heard < newest])
        return len(jobs)

    def _jobs(
        self, principal: Principal, webhooks: Sequence[Webhook], events: Sequence[RecordedEvent], now: datetime
    ) -> Iterator[Job]:
        for recorded in events:
            tidings = tidings_of(recorded.event, recorded.at)
            for webhook in webhooks if tidings else ():
                if recorded.revision <= webhook.heard or recorded.event.project != webhook.project:
                    continue
                for tiding in tidings:
                    if webhook.listens_to(tiding.event):
                        yield errand(
                            principal,
                            deliveries_to(webhook.id),
                            project=webhook.project,
                            user=recorded.event.user,
                            arguments=told_of(tiding),
                            ids=self._ids,
                            now=now,
                        )
