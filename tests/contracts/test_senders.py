"""The way out: what comes of a request, whoever sends it; and what the real sender never connects to."""

import socket
from collections.abc import AsyncIterator, Iterator
from ipaddress import ip_address

import pytest

from app.adapters.outbound import MAX_BODY, HttpSender, Passage, is_public, open_sender
from app.domain import errors
from app.ports.webhooks import Answer, Post, Sender
from tests.fakes import ToldSender
from tests.hook_endpoint import Hook, Reply, open_hook


@pytest.fixture
def hook() -> Iterator[Hook]:
    with open_hook() as opened:
        yield opened


@pytest.fixture
async def real() -> AsyncIterator[HttpSender]:
    async with open_sender(Passage.ANYWHERE) as sender:
        yield sender


@pytest.fixture(params=["real", "fake"])
def sender(request: pytest.FixtureRequest, hook: Hook, real: HttpSender) -> Sender:
    """The fake answers as the server is told to."""
    return real if request.param == "real" else ToldSender(hook.replies)


def a_post(url: str) -> Post:
    return Post(url=url, headers=(("X-One", "1"),), body=b'{"a":"\\u00e9"}')


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        (Reply(200, b"taken"), Answer(code=200, body="taken", error=None)),
        (Reply(204), Answer(code=204, body="", error=None)),
        (Reply(299, b"x" * 5_000), Answer(code=299, body="x" * MAX_BODY, error=None)),
        (Reply(500, b"\xff\0oops"), Answer(code=500, body="\ufffd\ufffdoops", error="answered 500")),
        (
            Reply(302, headers={"Location": "http://127.0.0.1:1/"}),
            Answer(code=302, body="", error="answered 302"),
        ),
        (Reply(404), Answer(code=404, body="", error="answered 404")),
    ],
)
async def test_an_answer_of_two_hundred_and_something_is_success(
    sender: Sender, hook: Hook, reply: Reply, answer: Answer
) -> None:
    hook.replies.append(reply)
    assert await sender.post(a_post(hook.url)) == answer


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://hooks.example.com/",
        "hooks.example.com",
        "https://",
        "https://ada@hooks.example.com/",
        "https://ada:secret@hooks.example.com/",
        "https://hooks.example.com/#there",
        "https://hooks.example.com\\@127.0.0.1/",
        "https://hooks.example.com/a b",
        "https://hooks.example.com/\r\nX-Odd: 1",
        "https://hööks.example.com/",
        "https://hooks.example.com:99999/",
        "https://hooks.example.com:0/",
        "https://[::1/",
        "https://hooks.example.com/" + "x" * 2_048,
    ],
)
async def test_what_is_no_address_is_refused(sender: Sender, url: str) -> None:
    with pytest.raises(errors.Invalid) as refused:
        sender.demand_fit(url)
    assert [problem.field for problem in refused.value.fields] == ["url"]


async def test_the_bytes_and_headers_arrive_as_they_are(real: HttpSender, hook: Hook) -> None:
    await real.post(a_post(hook.url + "?q=1"))
    (taken,) = hook.taken
    assert (taken.path, taken.body, taken.headers["x-one"]) == ("/in?q=1", b'{"a":"\\u00e9"}', "1")
    assert taken.headers["host"] == hook.url.split("/")[2]
    assert not {"cookie", "authorization", "proxy-authorization"} & set(taken.headers)


async def test_a_redirect_is_not_followed(real: HttpSender, hook: Hook) -> None:
    hook.replies.append(Reply(307, headers={"Location": hook.url}))
    assert (await real.post(a_post(hook.url))).error == "answered 307"
    assert len(hook.taken) == 1


async def test_who_is_silent_is_given_up(hook: Hook) -> None:
    hook.replies.append(Reply(delay=2))
    async with open_sender(Passage.ANYWHERE, seconds=0.2) as sender:
        assert await sender.post(a_post(hook.url)) == Answer(code=None, body=None, error="no answer within 0.2 s")


async def test_who_does_not_listen_is_said_to_be_out_of_reach(real: HttpSender) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closing:
        port = closing.getsockname()[1]
    answer = await real.post(a_post(f"http://127.0.0.1:{port}/"))
    assert answer == Answer(code=None, body=None, error="could not be reached (ConnectError)")


@pytest.mark.parametrize(
    "host",
    [
        *(
            "127.0.0.1",
            "2130706433",
            "0x7f.1",
            "0177.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
        ),
        *("100.64.0.1", "0.0.0.1", "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.0.9"),
        *("[::1]", "[::]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[fc00::1]", "[fe80::1]", "[ff02::1]", "[2002::1]"),
    ],
)
async def test_private_addresses_are_refused_in_every_spelling(host: str) -> None:
    async with open_sender(Passage.PUBLIC) as sender:
        with pytest.raises(errors.Invalid):
            sender.demand_fit(f"https://{host}/")
        assert (await sender.post(a_post(f"https://{host}/"))).code is None


async def test_plain_http_is_refused_but_on_a_test_bench(real: HttpSender) -> None:
    async with open_sender(Passage.PUBLIC) as sender:
        with pytest.raises(errors.Invalid, match="must begin with https://"):
            sender.demand_fit("http://hooks.example.com/")
    real.demand_fit("http://hooks.example.com/")


async def test_a_name_is_judged_by_what_it_stands_for_when_it_is_sent() -> None:
    async with open_sender(Passage.PUBLIC) as sender:
        sender.demand_fit("https://localhost/")
        assert await sender.post(a_post("https://localhost/")) == Answer(
            code=None, body=None, error="the name stands for a private address"
        )


def test_public_addresses_are_open() -> None:
    assert [is_public(ip_address(one)) for one in ("93.184.216.34", "2606:2800:220:1::1", "8.8.8.8")] == [True] * 3
