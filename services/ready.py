"""Does a server answer, with its password? Each probe returns the server's version or raises NotReady or Refused."""

import json
import re
import socket
import struct
import urllib.error
import urllib.request

HOST = "127.0.0.1"
PATIENCE = 5.0


class NotReady(Exception):
    """Not yet: asking again may help."""


class Refused(Exception):
    """It answers, but not to this password: asking again does not help."""


def taken(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=PATIENCE).close()
    except OSError:
        return False
    return True


def neo4j(port: int, password: str) -> str:
    """Logs in over Bolt and runs a query in the database that we use: an open port comes earlier than that."""
    try:
        with socket.create_connection((HOST, port), timeout=PATIENCE) as connection:
            connection.sendall(bytes.fromhex("6060B017 00010205 00000000 00000000 00000000"))
            if connection.recv(4)[-1:] != b"\x05":
                raise NotReady("no Bolt 5.2 there")
            connection.sendall(_chunk(b"\xb1\x01" + _map(user_agent="mnemograph/services")))
            connection.sendall(_chunk(b"\xb1\x6a" + _map(scheme="basic", principal="neo4j", credentials=password)))
            connection.sendall(_chunk(b"\xb3\x10" + _string("RETURN 1") + _map() + _map(db="neo4j")))
            greeting = _answer(connection)
            if b"Security.Unauthorized" in _answer(connection):
                raise Refused("wrong password")
            query = _answer(connection)
    except OSError as exc:
        raise NotReady(str(exc)) from exc
    if query[1:2] != b"\x70":
        raise NotReady(query.decode("utf-8", errors="replace"))
    return _found(rb"Neo4j/([\w.-]+)", greeting)


def _string(text: str) -> bytes:
    encoded = text.encode()
    return b"\xd0" + bytes([len(encoded)]) + encoded


def _map(**entries: str) -> bytes:
    return bytes([0xA0 + len(entries)]) + b"".join(_string(key) + _string(value) for key, value in entries.items())


def _chunk(message: bytes) -> bytes:
    return struct.pack(">H", len(message)) + message + b"\x00\x00"


def _answer(connection: socket.socket) -> bytes:
    message = b""
    while True:
        size = int.from_bytes(_exactly(connection, 2), "big")
        if size:
            message += _exactly(connection, size)
        elif message:  # an empty chunk between messages only keeps the connection awake
            return message


def _exactly(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = connection.recv(size - len(data))
        if not more:
            raise NotReady("closed the connection")
        data += more
    return data


def weaviate(port: int, key: str) -> str:
    _get(port, "/v1/.well-known/ready", key)
    return str(json.loads(_get(port, "/v1/meta", key))["version"])


def _get(port: int, path: str, key: str) -> bytes:
    request = urllib.request.Request(f"http://{HOST}:{port}{path}", headers={"Authorization": f"Bearer {key}"})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - always http
            return bytes(answer.read())
    except urllib.error.HTTPError as exc:
        with exc:
            raise (Refused("wrong key") if exc.code in {401, 403} else NotReady(str(exc))) from exc
    except OSError as exc:
        raise NotReady(str(exc)) from exc


def redis(port: int, password: str) -> str:
    try:
        with (
            socket.create_connection((HOST, port), timeout=PATIENCE) as connection,
            connection.makefile("rb") as answers,
        ):
            connection.sendall(f"AUTH {password}\r\nPING\r\nINFO server\r\n".encode())
            login, pong = answers.readline(), answers.readline()
            if b"WRONGPASS" in login or b"NOAUTH" in pong:
                raise Refused("wrong password")
            if pong.strip() != b"+PONG":
                raise NotReady(pong.decode("utf-8", errors="replace"))
            return _found(rb"redis_version:(\S+)", answers.read(int(answers.readline()[1:])))
    except (OSError, ValueError) as exc:
        raise NotReady(str(exc)) from exc


def _found(pattern: bytes, text: bytes) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise NotReady(f"no version in {text!r}")
    return match[1].decode()
