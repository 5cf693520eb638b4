"""Texts read by any server that speaks OpenAI's `/chat/completions`: a hosted API, Ollama, vLLM, llama.cpp."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import httpx
import orjson
import structlog

from app.adapters.llm.answers import parsed
from app.adapters.llm.grounding import grounded
from app.adapters.llm.prompts import VERSION, Message, correction, opening, response_format
from app.domain.spending import Spending
from app.ports.models import Account, Prose, Read
from app.ports.runtime import Clock

MAX_ANSWER: Final = 256 * 1024
"""Bytes; a longer answer is not read to its end."""
MAX_TEXT: Final = 24_000
"""Characters; the rules alone read longer texts."""
TRIES: Final = 3
"""Requests a text at most: one answer may be corrected, and a server that is busy is asked again."""
_KEPT: Final = 2_000
_ANSWER_TOKENS: Final = 2_000
_REST: Final = timedelta(seconds=30)
"""How long nobody asks after the server could not be reached, turned us away or was late again and again."""
_LONGEST_REST: Final = 3_600.0
_TOO_OFTEN_LATE: Final = 3
_CHARACTERS_A_TOKEN: Final = 3

_log = structlog.get_logger(__name__)


class _Refused(Exception):
    """No answer, and why: in words without the text, the answer or a secret. `pause`: seconds until asking may help."""

    def __init__(self, reason: str, *, pause: float | None = None) -> None:
        self.reason, self.pause = reason, pause
        super().__init__(reason)


class _Unusable(_Refused):
    """An answer that is none. It tells nothing of how the server will answer others."""


@dataclass(frozen=True, slots=True)
class _Said:
    """The model's answer; `tokens` is what the server says that it took, 0 where it does not."""

    content: str
    tokens: int


@dataclass(slots=True)
class _Tab:
    """What one text has cost so far."""

    calls: int = 0
    tokens: int = 0

    @property
    def total(self) -> Spending:
        return Spending(calls=self.calls, tokens=self.tokens)


class OpenAiReader:
    """Asks once a text, again where the answer cannot be used or the server is busy; keeps accounts by content.

    `timeout` is for a text with all its tries, in seconds; `pause` is the wait before asking a busy server again.
    """

    def __init__(self, client: httpx.AsyncClient, *, model: str, timeout: float, pause: float, clock: Clock) -> None:
        self._client, self._model, self._timeout = client, model, timeout
        self._pause, self._clock = pause, clock
        self._kept: OrderedDict[bytes, Account] = OrderedDict()
        self._extras: dict[str, Any] = {
            "temperature": 0,
            "max_tokens": _ANSWER_TOKENS,
            "response_format": response_format(),
        }
        self._resting: tuple[datetime, str] | None = None
        self._late = 0

    @property
    def name(self) -> str:
        return self._model

    def most(self, prose: Prose) -> Spending:
        if self._key(prose) in self._kept or len(prose.text) > MAX_TEXT:
            return Spending()
        asked = _tokens(opening(prose))
        # The second answer is asked for with the first one in hand.
        return Spending(calls=TRIES, tokens=TRIES * (asked + _ANSWER_TOKENS) + _ANSWER_TOKENS)

    async def read(self, prose: Prose) -> Read:
        key = self._key(prose)
        if (kept := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            return Read(account=kept, cached=True)
        if len(prose.text) > MAX_TEXT:
            return Read(account=None, problem=f"the text is longer than the {MAX_TEXT:,} characters that are sent")
        if (problem := self._at_rest()) is not None:
            return Read(account=None, problem=problem)
        tab = _Tab()
        read = await self._within_time(prose, tab)
        if read.account is not None:
            self._keep(key, read.account)
        else:
            _log.warning("llm.no_account", reason=read.problem, calls=tab.calls)
        return replace(read, cost=tab.total)

    async def _within_time(self, prose: Prose, tab: _Tab) -> Read:
        try:
            async with asyncio.timeout(self._timeout):
                return await self._corrected(prose, tab)
        except TimeoutError:
            late = _Refused(f"the model did not answer within {self._timeout:g} s")
            self._late += 1
            if self._late >= _TOO_OFTEN_LATE:
                self._heed(late)
            return Read(account=None, problem=late.reason)
        except _Refused as refusal:
            return Read(account=None, problem=refusal.reason)

    async def _corrected(self, prose: Prose, tab: _Tab) -> Read:
        """The account of the first answer, or of the second where something was wrong with the first."""
        messages = opening(prose)
        said = await self._persist(messages, tab)
        read, wrong = _understood(said.content, prose)
        if wrong and tab.calls < TRIES:
            with suppress(_Refused):
                again = await self._persist([*messages, *correction(said.content, wrong)], tab)
                second, _ = _understood(again.content, prose)
                return second if second.account is not None else read
        return read

    async def _persist(self, messages: list[Message], tab: _Tab) -> _Said:
        pause = self._pause
        while True:
            try:
                return await self._ask(messages, tab)
            except _Refused as refusal:
                if refusal.pause is None or refusal.pause >= self._timeout or tab.calls >= TRIES:
                    self._heed(refusal)
                    raise
                await asyncio.sleep(max(pause, refusal.pause))
                pause *= 2

    async def _ask(self, messages: list[Message], tab: _Tab) -> _Said:
        tab.calls += 1
        body = orjson.dumps({"model": self._model, "messages": messages, **self._extras})
        try:
            async with self._client.stream("POST", "chat/completions", content=body) as answer:
                self._check(answer)
                said = _said(await _whole(answer))
        except httpx.HTTPError as error:
            raise _Refused(f"the model could not be reached ({type(error).__name__})", pause=0.0) from error
        self._late = 0
        tab.tokens += said.tokens or _tokens(messages) + len(said.content) // _CHARACTERS_A_TOKEN
        return said

    def _check(self, answer: httpx.Response) -> None:
        status = answer.status_code
        if status == httpx.codes.BAD_REQUEST and self._extras:
            # Not every server knows these, or the model does not: it is asked without them from now on.
            self._extras = {}
            raise _Refused("the model's server answered 400", pause=0.0)
        if status == httpx.codes.TOO_MANY_REQUESTS or status >= 500:
            asked = answer.headers.get("Retry-After", "")
            raise _Refused(f"the model's server answered {status}", pause=float(asked) if asked.isdecimal() else 0.0)
        if status != httpx.codes.OK:
            raise _Refused(f"the model's server answered {status}; check its address, key and model")
        if answer.headers.get("Content-Encoding", "identity") != "identity":
            raise _Refused("the model's server packs its answers, which was not asked for")

    def _at_rest(self) -> str | None:
        if self._resting is None:
            return None
        until, reason = self._resting
        if self._clock.now() < until:
            return f"{reason}; not asked again before {until:%H:%M:%S}"
        self._resting = None
        return None

    def _heed(self, refusal: _Refused) -> None:
        """A server that turns us away is left alone for a while."""
        if not isinstance(refusal, _Unusable):
            wait = max(_REST, timedelta(seconds=min(refusal.pause or 0.0, _LONGEST_REST)))
            self._resting = (self._clock.now() + wait, refusal.reason)

    def _key(self, prose: Prose) -> bytes:
        parts = (VERSION, self._model, prose.at.date().isoformat(), prose.speaker, prose.before, prose.text)
        return hashlib.sha256(orjson.dumps(parts)).digest()

    def _keep(self, key: bytes, account: Account) -> None:
        self._kept[key] = account
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)


def _understood(content: str, prose: Prose) -> tuple[Read, list[str]]:
    """The account, and what is wrong with the answer; without an account where nothing of it can be used."""
    answer = parsed(content)
    if isinstance(answer, list):
        return Read(account=None, problem="the model's answers cannot be used: they are not what was asked for"), answer
    found = grounded(answer, prose)
    return Read(account=found.account), found.wrong


async def _whole(answer: httpx.Response) -> bytes:
    told = answer.headers.get("Content-Length", "")
    body = bytearray()
    if not (told.isdecimal() and int(told[:15]) > MAX_ANSWER):
        async for part in answer.aiter_raw():
            body += part
            if len(body) > MAX_ANSWER:
                break
        else:
            return bytes(body)
    raise _Unusable(f"the model's answer is longer than {MAX_ANSWER // 1024} KiB")


def _said(body: bytes) -> _Said:
    try:
        document = orjson.loads(body)
        content = document["choices"][0]["message"]["content"]
        tokens = (document.get("usage") or {}).get("total_tokens")
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise _Unusable("the model's server does not answer as the protocol says") from error
    if not isinstance(content, str):
        raise _Unusable("the model's server does not answer as the protocol says")
    return _Said(content, tokens if isinstance(tokens, int) and 0 <= tokens < 10**9 else 0)


def _tokens(messages: list[Message]) -> int:
    """About; a little more rather than less."""
    return sum(len(message["content"]) for message in messages) // _CHARACTERS_A_TOKEN + 1


@asynccontextmanager
async def open_reader(
    *,
    url: str,
    model: str,
    clock: Clock,
    key: str | None = None,
    timeout: float = 20.0,  # noqa: ASYNC109 - a setting of the client, not of this call
    pause: float = 0.5,
) -> AsyncIterator[OpenAiReader]:
    """A reader on `url`/chat/completions. No proxy, cookie or credential of the environment goes along."""
    headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
    headers |= {"Authorization": f"Bearer {key}"} if key else {}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=timeout, trust_env=False) as client:
        yield OpenAiReader(client, model=model, timeout=timeout, pause=pause, clock=clock)
