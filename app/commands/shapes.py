"""Domain values as JSON objects. What is empty is left out; times are RFC 3339 in UTC."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from app.domain.account import ApiKey, Project
from app.domain.difference import FieldChange
from app.domain.memory import Memory, MemoryLink, MemoryVersion
from app.domain.people import Agent, Session, User
from app.domain.webhook import Delivery, Webhook
from app.domain.work import Job
from app.services.results import Difference, Entry, Hit, TraceStep
from app.services.transfer import Record

Shape = dict[str, Any]


def memory(record: Record) -> Shape:
    """A memory as `export` writes it and `import` reads it; people by your own ids, entities by name."""
    kept = record.memory
    return _filled(
        id=kept.id,
        text=kept.text,
        project=record.project,
        user=record.user,
        agent=record.agent,
        session=record.session,
        role=kept.role,
        speaker=kept.speaker,
        title=kept.title,
        summary=kept.summary,
        kind=kept.kind,
        type=kept.type,
        categories=list(kept.categories),
        tags=list(kept.tags),
        files=list(kept.files),
        keypath=kept.keypath,
        importance=kept.importance,
        layer=kept.layer,
        status=kept.status,
        occurred_at=_time(kept.occurred_at),
        valid_from=_time(kept.valid_from),
        valid_to=_time(kept.valid_to),
        expires_at=_time(kept.expires_at),
        recorded_at=_time(kept.created_at),
        updated_at=_time(kept.updated_at),
        deleted_at=_time(kept.deleted_at),
        version=kept.version,
        metadata=kept.metadata,
        source=_filled(kind=record.source.kind, uri=record.source.uri, title=record.source.title)
        if record.source
        else None,
        position=kept.position,
        entities=list(record.entities),
        links=[link(each) for each in record.links],
        versions=[
            _filled(version=v.version, recorded_at=_time(v.recorded_at), actor=v.actor, text=v.memory.text)
            for v in record.versions
        ],
    )


def link(link: MemoryLink) -> Shape:
    return _filled(source=link.source, target=link.target, type=link.type, label=link.label, confidence=link.confidence)


def value(memory: Memory) -> Shape:
    """What stands at a keypath."""
    return _filled(
        id=memory.id,
        keypath=memory.keypath,
        value=memory.text,
        version=memory.version,
        title=memory.title,
        type=memory.type,
        categories=list(memory.categories),
        tags=list(memory.tags),
        metadata=memory.metadata,
        recorded_at=_time(memory.created_at),
        updated_at=_time(memory.updated_at),
    )


def user(user: User) -> Shape:
    return _filled(
        id=user.id,
        user=user.external_id,
        name=user.name,
        metadata=user.metadata,
        created_at=_time(user.created_at),
    )


def agent(agent: Agent) -> Shape:
    return _filled(id=agent.id, agent=agent.external_id, name=agent.name, created_at=_time(agent.created_at))


def session(session: Session, *, user: str | None) -> Shape:
    """`user` is the caller's own id."""
    return _filled(
        id=session.id,
        session=session.external_id,
        user=user,
        started_at=_time(session.started_at),
        created_at=_time(session.created_at),
    )


def version(version: MemoryVersion) -> Shape:
    return {
        **value(version.memory),
        **_filled(
            revision=version.revision,
            changed_at=_time(version.recorded_at),
            actor=version.actor,
            deleted_at=_time(version.memory.deleted_at),
        ),
    }


def difference(difference: Difference) -> Shape:
    return {
        "before": version(difference.before),
        "after": version(difference.after),
        "fields": [change(each) for each in difference.fields],
        "text": difference.text,
    }


def change(change: FieldChange) -> Shape:
    """A field with both values; null for what was or is empty."""
    return {"field": change.field, "before": _plain(change.before), "after": _plain(change.after)}


def entry(entry: Entry) -> Shape:
    """A change as the changelog tells it."""
    told = entry.recorded
    return _filled(
        revision=told.revision,
        at=_time(told.at),
        actor=told.actor,
        kind=told.event.kind,
        memory=told.event.subject,
        keypath=entry.version.memory.keypath if entry.version else None,
        version=entry.version.version if entry.version else None,
        text=entry.version.memory.text if entry.version else None,
    )


def hit(found: Hit, record: Record) -> Shape:
    factors = [
        {"signal": f.signal, "value": f.value, "weight": f.weight, "contribution": f.value * f.weight}
        for f in found.factors
    ]
    return {
        "score": found.score,
        "factors": factors,
        "stands_for": list(found.stands_for),
        "memory": memory(record),
    }


def step(trace: TraceStep) -> Shape:
    return asdict(trace)


def job(job: Job) -> Shape:
    return _filled(
        id=job.id,
        name=job.name,
        state=job.state,
        stage=job.stage,
        done=job.done,
        total=job.total,
        attempts=job.attempts,
        error=job.error,
        error_code=job.error_code,
        result=job.result,
        created_at=_time(job.created_at),
        updated_at=_time(job.updated_at),
        finished_at=_time(job.finished_at),
    )


def key(key: ApiKey) -> Shape:
    return _filled(
        id=key.id,
        name=key.name,
        scopes=sorted(key.scopes),
        projects=None if key.projects is None else sorted(key.projects),
        user=key.end_user,
        last_four=key.last_four,
        beginning=key.beginning,
        created_at=_time(key.created_at),
        expires_at=_time(key.expires_at),
        revoked_at=_time(key.revoked_at),
        last_used_at=_time(key.last_used_at),
    )


def webhook(webhook: Webhook) -> Shape:
    return _filled(
        id=webhook.id,
        project=webhook.project,
        url=webhook.url,
        events=list(webhook.events),
        description=webhook.description,
        headers=dict(webhook.headers) or None,
        active=webhook.active,
        form=webhook.form,
        created_at=_time(webhook.created_at),
        updated_at=_time(webhook.updated_at),
    )


def delivery(delivery: Delivery) -> Shape:
    return _filled(
        id=delivery.id,
        webhook=delivery.webhook,
        event=delivery.tiding.event,
        subject=delivery.tiding.subject,
        state=delivery.state,
        attempts=delivery.attempts,
        response_code=delivery.response_code,
        response_body=delivery.response_body,
        error=delivery.error,
        created_at=_time(delivery.created_at),
        due_at=_time(delivery.due_at),
        delivered_at=_time(delivery.delivered_at),
    )


def project(project: Project) -> Shape:
    return _filled(
        id=project.id,
        slug=project.slug,
        name=project.name,
        description=project.description,
        metadata=project.metadata,
        revision=project.revision or None,
        created_at=_time(project.created_at),
        deleted_at=_time(project.deleted_at) if project.deleted_at else None,
    )


def _filled(**values: Any) -> Shape:
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def _plain(value: Any) -> Any:
    return _time(value) if isinstance(value, datetime) else value


def _time(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")
