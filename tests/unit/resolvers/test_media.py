import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.media import Form, accepted

RESPONSE, EVENTS = "application/graphql-response+json", "text/event-stream"


@pytest.mark.parametrize(
    ("header", "single", "stream", "page"),
    [
        (None, Form.JSON, None, False),
        ("", Form.JSON, None, False),
        ("*/*", Form.JSON, None, False),
        ("application/json", Form.JSON, None, False),
        ("APPLICATION/JSON; charset=utf-8", Form.JSON, None, False),
        (RESPONSE, Form.RESPONSE, None, False),
        (f"application/json, {RESPONSE}", Form.JSON, None, False),
        (f"{RESPONSE}, application/json", Form.RESPONSE, None, False),
        (f"application/json;q=0.5, {RESPONSE};q=0.8", Form.RESPONSE, None, False),
        (EVENTS, None, Form.EVENTS, False),
        (f"{EVENTS}, */*", Form.JSON, Form.EVENTS, False),
        (f"{EVENTS};q=0", None, None, False),
        ("text/html, */*;q=0.8", Form.JSON, None, True),
        ('multipart/mixed;boundary="graphql";subscriptionSpec="1.0"', None, Form.MULTIPART, False),
        ("multipart/mixed; subscriptionSpec=1.0, application/json", Form.JSON, Form.MULTIPART, False),
        ("multipart/mixed", None, None, False),
        ("multipart/mixed;deferSpec=20220824", None, None, False),
        ("image/png", None, None, False),
        ("application/json;q=nonsense", Form.JSON, None, False),
    ],
)
def test_what_a_client_takes(header: str | None, single: Form | None, stream: Form | None, *, page: bool) -> None:
    takes = accepted(header)
    assert (takes.single, takes.stream, takes.page) == (single, stream, page)


@given(st.text('abc/*+;=q0.1,"\\ ', max_size=60))
def test_no_header_is_too_odd(header: str) -> None:
    assert accepted(header).stream is None
