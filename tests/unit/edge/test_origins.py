from typing import Any

import pytest

from app.edge.options import origins_of
from app.edge.origins import Origins


def scope(host: str, origin: str | None, scheme: str = "ws") -> dict[str, Any]:
    headers = [(b"host", host.encode()), *([] if origin is None else [(b"origin", origin.encode())])]
    return {"type": "websocket", "scheme": scheme, "headers": headers}


@pytest.mark.parametrize("setting", ["", " ", ",", " , "])
def test_no_origin_is_no_origin(setting: str) -> None:
    assert origins_of(setting) == ()


def test_a_list_is_separated_by_commas() -> None:
    assert origins_of("https://a.example, http://localhost:3000 ,") == ("https://a.example", "http://localhost:3000")


@pytest.mark.parametrize(
    "origin", ["https://a.example", "HTTPS://A.Example", "https://a.example:443", "https://a.example/"]
)
def test_an_origin_has_several_spellings(origin: str) -> None:
    assert origin in Origins(["https://a.example"])
    assert "https://a.example" in Origins([origin])


@pytest.mark.parametrize(
    "origin",
    ["http://a.example", "https://a.example:444", "https://b.a.example", "https://a.example.b", "null", "", "://"],
)
def test_others_are_others(origin: str) -> None:
    assert origin not in Origins(["https://a.example"])


def test_a_star_is_every_page() -> None:
    assert "https://anybody.example" in Origins(["*"])


@pytest.mark.parametrize(
    ("host", "origin", "scheme", "admitted"),
    [
        ("localhost:8000", None, "ws", True),
        ("localhost:8000", "http://localhost:8000", "ws", True),
        ("localhost:8000", "http://localhost:3000", "ws", False),
        ("mem.example", "https://mem.example", "wss", True),
        ("mem.example", "http://mem.example", "wss", False),
        ("mem.example:443", "https://mem.example", "wss", True),
        ("mem.example", "null", "wss", False),
    ],
)
def test_r4_65_sockets_of_the_same_origin_are_admitted(
    host: str, origin: str | None, scheme: str, *, admitted: bool
) -> None:
    assert Origins([]).admits_socket(scope(host, origin, scheme)) is admitted
