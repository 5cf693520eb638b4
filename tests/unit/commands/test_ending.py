"""Each error has its exit code and one line on stderr."""

import inspect
import json
from pathlib import Path

import pytest

from app.commands.ending import BUG, EXIT_CODES, INVALID, report
from app.domain import errors

ERRORS = [
    found
    for _, found in inspect.getmembers(errors, inspect.isclass)
    if issubclass(found, errors.AppError) and found is not errors.AppError
]


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_has_a_documented_exit_code(
    kind: type[errors.AppError], capsys: pytest.CaptureFixture[str]
) -> None:
    error = errors.RateLimited(3.0) if kind is errors.RateLimited else kind()
    code = report(error, as_json=False)
    assert 1 < code < BUG
    assert f"{code} " in EXIT_CODES
    assert capsys.readouterr().err.startswith(f"Error ({kind.code}): ")


def test_a_message_of_several_lines_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    report(errors.Conflict("one\ntwo"), as_json=False)
    assert capsys.readouterr().err == "Error (conflict): one two\n"


def test_an_error_out_of_a_group_is_told_as_itself(capsys: pytest.CaptureFixture[str]) -> None:
    inner = errors.invalid("text", "must not be blank", "blank")
    assert report(ExceptionGroup("work", [inner]), as_json=True) == INVALID
    assert json.loads(capsys.readouterr().err) == {
        "error": {
            "code": "invalid",
            "message": "text: must not be blank",
            "fields": [{"field": "text", "message": "must not be blank", "code": "blank"}],
        }
    }


def test_a_bug_leaves_its_traceback_in_a_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert report(ZeroDivisionError("division by zero"), as_json=False) == BUG
    told = capsys.readouterr().err
    path = Path(told.strip().rsplit(" ", 1)[-1])
    assert "Traceback" not in told
    assert path.parent == tmp_path
    assert "ZeroDivisionError: division by zero" in path.read_text(encoding="utf-8")
