"""HTTP/1.1 over one kept-alive socket, as little of it as the servers here speak."""

import socket
from collections.abc import Mapping
from typing import Final

_CHUNK: Final = 1 << 18
_END_OF_HEAD: Final = b"\r\n\r\n"


class Connection:
    """Some 30 microseconds a request: what is measured is the server."""

    def __init__(self, address: str) -> None:
        """`address` is host:port."""
        host, _, port = address.rpartition(":")
        self._host = address
        self._socket = socket.create_connection((host.strip("[]"), int(port)), timeout=300)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body."""
        return self._exchange(f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\n\r\n".encode())

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Status and body."""
        return self.request("POST", path, body, headers)

    def request(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Status and body."""
        named = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\nContent-Length: {len(body)}\r\n{named}\r\n"
        return self._exchange(head.encode() + body)

    def close(self) -> None:
        self._socket.close()

    def _exchange(self, request: bytes) -> tuple[int, bytes]:
        self._socket.sendall(request)
        received = bytearray()
        while (end := received.find(_END_OF_HEAD)) < 0:
            received += self._more()
        head = bytes(received[:end]).decode("latin-1")
        del received[: end + len(_END_OF_HEAD)]
        length = _length(head)
        while len(received) < length:
            received += self._more()
        return int(head.split(" ", 2)[1]), bytes(received)

    def _more(self) -> bytes:
        received = self._socket.recv(_CHUNK)
        if not received:
            raise ConnectionError("the server closed the connection")
        return received


def _length(head: str) -> int:
    for line in head.split("\r\n")[1:]:
        name, _, value = line.partition(":")
        if name.lower() == "content-length":
            return int(value)
    raise ConnectionError(f"an answer without a length: {head!r}")
