"""Webhooks as flat rows and back."""

import json

from app.adapters.records.values import Row, Value, dumped, micros, moment, strings
from app.domain.keys import Dialect
from app.domain.webhook import Webhook


def webhook_of(row: Row) -> Webhook:
    return Webhook(
        id=row["id"],
        project=row["project"],
        url=row["url"],
        events=strings(row["events"]),
        description=row["description"],
        headers=tuple((name, value) for name, value in json.loads(row["headers"])),
        active=bool(row["active"]),
        form=Dialect(row["form"]) if row["form"] else None,
        secret=row["secret"],
        heard=row["heard"],
        created_at=moment(row["created_at"]),
        updated_at=moment(row["updated_at"]),
    )


def webhook_values(webhook: Webhook) -> dict[str, Value]:
    return {
        "id": webhook.id,
        "project": webhook.project,
        "url": webhook.url,
        "events": dumped(webhook.events),
        "description": webhook.description,
        "headers": dumped(webhook.headers),
        "active": webhook.active,
        "form": webhook.form,
        "secret": webhook.secret,
        "heard": webhook.heard,
        "created_at": micros(webhook.created_at),
        "updated_at": micros(webhook.updated_at),
    }
