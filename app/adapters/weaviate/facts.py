"""What the Weaviate says of itself, for the start-up check and `doctor`. It asks over REST, without the client library."""

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx

from app.domain import errors, troubles
from app.domain.troubles import ServerName
from app.ports.servers import Refused, ServerFacts

_PATIENCE: Final = 2.0


class WeaviateFacts:
    """A `Server`. Only reads. `prefix` is that of our collections."""

    name = ServerName.WEAVIATE

    def __init__(self, *, url: str, key: str, prefix: str) -> None:
        self.address, self._key, self._prefix = url.rstrip("/"), key, prefix

    async def facts(self) -> ServerFacts:
        try:
            async with httpx.AsyncClient(base_url=self.address, timeout=_PATIENCE, trust_env=False) as client:
                meta = await self._asked(client, "/v1/meta")
                nodes = await self._asked(client, "/v1/nodes?output=verbose")
                anyone = await client.get("/v1/schema")
        except httpx.HTTPError as problem:
            raise errors.Unavailable(type(problem).__name__) from problem
        shards = [shard for node in nodes.json().get("nodes", ()) for shard in node.get("shards") or ()]
        ours = [shard for shard in shards if str(shard.get("class", "")).startswith(self._prefix)]
        closed = sum(shard.get("vectorIndexingStatus") == "READONLY" for shard in ours)
        return ServerFacts(
            version=str(meta.json().get("version", "")),
            time=_time(meta.headers),
            open_to_anyone=anyone.status_code == httpx.codes.OK,
            shown={"tenants": str(len(ours)), "objects": f"{sum(shard.get('objectCount', 0) for shard in ours):,}"},
            troubles=(troubles.no_room(self.name, what=f"{closed} shards are READONLY"),) if closed else (),
        )

    async def _asked(self, client: httpx.AsyncClient, path: str) -> httpx.Response:
        answer = await client.get(path, headers={"authorization": f"Bearer {self._key}"} if self._key else {})
        if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            raise Refused(troubles.wrong_password(self.name))
        if answer.status_code != httpx.codes.OK:
            raise errors.Unavailable(f"{path.partition('?')[0]} answers {answer.status_code}")
        return answer


def _time(headers: Mapping[str, Any]) -> datetime | None:
    return parsedate_to_datetime(headers["date"]) if "date" in headers else None
