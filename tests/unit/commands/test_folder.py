"""Who may have a data folder open, and when."""

import json
import os
from pathlib import Path

import pytest

from app.commands.folder import Serving, alone, announced, server_of, shared
from app.domain.errors import Conflict, Invalid

SERVING = Serving(pid=4711, address="http://127.0.0.1:8000")


def test_many_may_share_a_folder(tmp_path: Path) -> None:
    with shared(tmp_path), shared(tmp_path):
        assert (tmp_path / "lock").exists()


def test_nobody_is_alone_beside_others(tmp_path: Path) -> None:
    with shared(tmp_path), pytest.raises(Conflict, match="another process has"), alone(tmp_path):
        pytest.fail("it was held by another")
    with alone(tmp_path):
        pass


def test_the_server_that_is_in_the_way_is_named(tmp_path: Path) -> None:
    with shared(tmp_path), announced(tmp_path, SERVING), pytest.raises(Conflict) as refused, alone(tmp_path):
        pytest.fail("it was held by another")
    assert str(refused.value) == (
        f"the server at http://127.0.0.1:8000 (process 4711) has {tmp_path} open; stop it first"
    )


def test_nobody_comes_in_while_one_is_alone(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(Conflict, match="is being restored by another process"), shared(tmp_path):
        pytest.fail("it was held by another")


def test_a_server_takes_its_name_back(tmp_path: Path) -> None:
    with announced(tmp_path, SERVING):
        assert server_of(tmp_path) == SERVING
    assert server_of(tmp_path) is None


def test_a_server_leaves_the_name_of_the_one_that_came_after_it(tmp_path: Path) -> None:
    later = Serving(pid=os.getpid(), address="http://127.0.0.1:8001")
    with announced(tmp_path, SERVING):
        (tmp_path / "lock").write_text(json.dumps({"pid": later.pid, "address": later.address}))
    assert server_of(tmp_path) == later


@pytest.mark.parametrize("told", ["", "{", "[]", '{"pid": "x", "address": 1}', "null"])
def test_a_lock_file_with_anything_in_it_is_read(tmp_path: Path, told: str) -> None:
    (tmp_path / "lock").write_text(told)
    assert server_of(tmp_path) is None


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(Invalid, match="cannot be used as a data folder"), shared(file):
        pytest.fail("it is no folder")
