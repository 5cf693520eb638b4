"""The way out to addresses that users name: over HTTP, to the address that was judged and to no other."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from enum import Enum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urlsplit

from app.domain import errors
from app.ports.webhooks import Answer, Post

if TYPE_CHECKING:
    import httpx

MAX_URL: Final = 2_048
MAX_BODY: Final = 1_000
"""Characters of an answer that are read."""
TIMEOUT: Final = 10.0
"""Seconds for all of it: the name, the connection, the answer."""

_PLAIN: Final = re.compile(r"[\x21-\x7e]+")
_ODD: Final = frozenset('\\"<>^`{|}')
_CLOSED: Final = tuple(
    map(
        ip_network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
            *("192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3"),
            *("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2002::/16"),
            *("fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"),
        ),
    )
)


class Passage(Enum):
    """PUBLIC: https to public addresses. ANYWHERE: plain http and private addresses too, for a test bench."""

    PUBLIC = "public"
    ANYWHERE = "anywhere"


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether it belongs to the open internet, and carries no other address within it."""
    inside = any(address.version == network.version and address in network for network in _CLOSED)
    return address.is_global and not inside


class _Closed(Exception):
    """What the name stands for is no address to send to."""


class HttpSender:
    """Sender whose client, made when it is first needed, has no proxies, cookies or credentials of ours."""

    def __init__(self, stack: AsyncExitStack, *, passage: Passage, seconds: float = TIMEOUT) -> None:
        """The stack closes the client. `seconds` are for all of one request."""
        self._stack, self._passage, self._timeout = stack, passage, seconds
        self._client: httpx.AsyncClient | None = None

    def demand_fit(self, url: str) -> None:
        if len(url) > MAX_URL:
            raise errors.invalid("url", f"must be at most {MAX_URL:,} characters", "too_long")
        if not _PLAIN.fullmatch(url) or _ODD & set(url):
            raise errors.invalid("url", "must be an address in plain ASCII, without blanks")
        parts = _parts(url)
        if parts.scheme not in self._schemes or not parts.hostname:
            raise errors.invalid("url", f"must begin with {' or '.join(f'{name}://' for name in self._schemes)}")
        if "@" in parts.netloc or "#" in url:
            raise errors.invalid("url", "must hold neither a name, a password nor a fragment")
        literal = _literal(parts.hostname)
        if literal is not None and not self._open(literal):
            raise errors.invalid("url", "must not name a private address")

    @property
    def _schemes(self) -> tuple[str, ...]:
        return ("https",) if self._passage is Passage.PUBLIC else ("https", "http")

    def _open(self, address: IPv4Address | IPv6Address) -> bool:
        return self._passage is Passage.ANYWHERE or is_public(address)

    async def post(self, post: Post) -> Answer:
        import httpx

        try:
            self.demand_fit(post.url)
            async with asyncio.timeout(self._timeout):
                return await self._post(post)
        except TimeoutError:
            return _failed(f"no answer within {self._timeout:g} s")
        except (_Closed, errors.Invalid) as refused:
            return _failed(str(refused))
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as problem:
            return _failed(f"could not be reached ({type(problem).__name__})")

    async def _post(self, post: Post) -> Answer:
        import httpx

        url, client = httpx.URL(post.url), await self._opened()
        if url.host != urlsplit(post.url).hostname:
            raise _Closed("the address can be read in two ways")
        address = await self._address(url)
        request = client.build_request(
            "POST",
            url.copy_with(host=str(address)),
            content=post.body,
            headers=[*post.headers, ("Host", url.netloc.decode("ascii")), ("Accept-Encoding", "identity")],
            extensions={"sni_hostname": url.host},
        )
        response = await client.send(request, stream=True)
        try:
            body = await _beginning(response)
        finally:
            await response.aclose()
        error = None if response.is_success else f"answered {response.status_code}"
        return Answer(code=response.status_code, body=body, error=error)

    async def _opened(self) -> "httpx.AsyncClient":
        """Connections are not kept: what a name stands for is judged anew each time."""
        import httpx

        if self._client is None:
            limits = httpx.Limits(max_keepalive_connections=0)
            self._client = httpx.AsyncClient(
                trust_env=False, follow_redirects=False, timeout=self._timeout, limits=limits
            )
            self._stack.push_async_callback(self._client.aclose)
        return self._client

    async def _address(self, url: "httpx.URL") -> IPv4Address | IPv6Address:
        """The address to connect to. Raises where any that the name stands for is closed."""
        port = url.port or (443 if url.scheme == "https" else 80)
        found = await asyncio.get_running_loop().getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
        addresses = [ip_address(place[0]) for _, _, _, _, place in found]
        if not addresses or not all(map(self._open, addresses)):
            raise _Closed("the name stands for a private address")
        return addresses[0]


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        there = parts.port is None or parts.port > 0
    except ValueError:
        there = False
    if not there:
        raise errors.invalid("url", "is not an address")
    return parts


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a host is, in any of its spellings; None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return ip_address(socket.inet_aton(host))
    except (OSError, ValueError, UnicodeError):
        return None


async def _beginning(response: "httpx.Response") -> str:
    """As much as is kept; the rest is never read."""
    raw = b""
    async for chunk in response.aiter_raw():
        raw += chunk
        if len(raw) >= MAX_BODY * 4:
            break
    return raw.decode("utf-8", "replace").replace("\0", "\ufffd")[:MAX_BODY]


def _failed(reason: str) -> Answer:
    return Answer(code=None, body=None, error=reason)


@asynccontextmanager
async def open_sender(passage: Passage, *, seconds: float = TIMEOUT) -> AsyncIterator[HttpSender]:
    async with AsyncExitStack() as stack:
        yield HttpSender(stack, passage=passage, seconds=seconds)
