"""Stand-ins for what a program takes from its surroundings."""

from collections import Counter
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

from app.adapters.outbound import MAX_BODY, HttpSender, Passage
from app.domain.ids import PREFIXES
from app.ports.webhooks import Answer, Post
from tests.hook_endpoint import Reply


class FixedClock:
    """Stands still until it is told to go on."""

    def __init__(self, start: datetime = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def advance(self, step: timedelta) -> datetime:
        self._now += step
        return self._now


class CountingIds:
    """Ids that count up, noun by noun, in the form of real ones; secrets that repeat one byte."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def new(self, noun: str) -> str:
        self._counts[noun] += 1
        return f"{PREFIXES[noun]}_{self._counts[noun]:026d}"

    def secret(self, size: int) -> bytes:
        self._counts["secret"] += 1
        return bytes([self._counts["secret"] % 256]) * size


class ToldSender:
    """Sends nothing: notes what it was given, and answers what it is told to, or 200."""

    def __init__(self, replies: list[Reply] | None = None) -> None:
        self.replies = [] if replies is None else replies
        self.posts: list[Post] = []

    def demand_fit(self, url: str) -> None:
        HttpSender(AsyncExitStack(), passage=Passage.ANYWHERE).demand_fit(url)

    async def post(self, post: Post) -> Answer:
        self.posts.append(post)
        reply = self.replies.pop(0) if self.replies else Reply()
        body = reply.body.decode("utf-8", "replace").replace("\0", "\ufffd")[:MAX_BODY]
        error = None if 200 <= reply.status < 300 else f"answered {reply.status}"
        return Answer(code=reply.status, body=body, error=error)
