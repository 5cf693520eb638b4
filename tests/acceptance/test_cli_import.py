"""Imports: what is kept, what is told, and that a run which was killed loses and doubles nothing."""

import json
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command_line import Child, CommandLine, Ended
from tests.papers import a_docx, a_pdf, locked


def summary(ended: Ended) -> dict[str, Any]:
    """What an import with --json said of its first file."""
    return next(line for line in ended.lines if "added" in line)


def written(path: Path, lines: list[Any]) -> str:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return str(path)


def test_good_lines_are_kept_and_bad_ones_told(cli: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text(
        '{"text": "Tea at four."}\n{oops\n{"text": ""}\n{"text": "Coffee at nine.", "metadata": '
        + json.dumps({"a": "x" * 20_000})
        + '}\n{"text": "Soup at noon.", "user": "maya"}\n',
        encoding="utf-8",
    )
    ended = cli("import", str(path), "--no-wait", "--json")
    assert ended.code == 9
    assert summary(ended) == {
        "file": "notes.jsonl",
        "total": 5,
        "added": 2,
        "joined": 0,
        "skipped": 0,
        "flaws": [
            {
                "where": "line 2",
                "reason": "is not JSON: expecting property name enclosed in double quotes at character 2",
            },
            {"where": "line 3", "reason": "text: must not be blank"},
            {"where": "line 4", "reason": "metadata: has 20,009 bytes; the limit is 16,384"},
        ],
    }
    assert [line["text"] for line in cli("export").lines] == ["Tea at four.", "Soup at noon."]


def test_the_same_file_again_adds_nothing(cli: CommandLine, tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", [{"text": f"Note {number}."} for number in range(250)])
    first = cli("import", path, "--mode", "verbatim", "--json")
    assert first.code == 0
    assert summary(first)["added"] == 250
    assert first.lines[-1] == {"extracted": 3, "failed": []}
    again = summary(cli("import", path, "--json"))
    assert (again["added"], again["skipped"]) == (0, 250)
    assert len(cli("export").lines) == 250


def test_a_file_that_has_grown_adds_what_is_new(cli: CommandLine, tmp_path: Path) -> None:
    said = [{"text": text, "session": "s", "role": "user"} for text in ("Hello.", "Tea?", "Hello.")]
    notes = [{"text": "Note."}, {"text": "Dated note.", "time": "2026-03-02"}]
    path = written(tmp_path / "a.jsonl", [*said, *notes])
    assert summary(cli("import", path, "--no-wait", "--json"))["added"] == 5
    more = [{"text": "Hello.", "session": "s", "role": "user"}, {"text": "Another note."}]
    grown = summary(cli("import", written(tmp_path / "a.jsonl", [*said, *notes, *more]), "--no-wait", "--json"))
    assert (grown["added"], grown["joined"], grown["skipped"]) == (2, 5, 0)


def test_a_dry_run_shows_and_stores_nothing(cli: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "guide.md"
    path.write_text("# Tea\n\nAt four.\n\n# Coffee\n\nAt nine.\n", encoding="utf-8")
    ended = cli("import", str(path), "--dry-run")
    assert ended.code == 0
    assert "guide.md: markdown, utf-8, 2 memories to import" in ended.out
    assert "line 3: At four." in ended.out
    assert cli("export").code == 4


def test_conversations_keep_speakers_sessions_and_times(cli: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "chat.json"
    messages = [
        {"role": "user", "name": "Maya", "content": "Tea?", "time": "2026-03-02T10:00:00Z"},
        {"role": "assistant", "content": "At four."},
    ]
    path.write_text(json.dumps({"user": "maya", "session": "monday", "messages": messages}), encoding="utf-8")
    assert cli("import", str(path), "--no-wait").code == 0
    assert [
        (line["text"], line["user"], line["session"], line["role"], line.get("speaker"), line["position"])
        for line in cli("export").lines
    ] == [
        ("Tea?", "maya", "monday", "user", "Maya", 0),
        ("At four.", "maya", "monday", "assistant", None, 1),
    ]


def test_a_file_may_come_through_a_pipe(cli: CommandLine) -> None:
    ended = cli("import", "-", "--format", "text", "--no-wait", "--json", stdin="Tea at four.\n\nSoup at noon.\n")
    assert (ended.code, summary(ended)["added"]) == (0, 2)


def test_documents_are_read_for_their_text(cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "plan.docx").write_bytes(a_docx())
    (tmp_path / "ferry.pdf").write_bytes(a_pdf("The ferry leaves at nine."))
    files = str(tmp_path / "plan.docx"), str(tmp_path / "ferry.pdf")
    assert cli("import", *files, "--mode", "verbatim").code == 0
    told = {line["text"]: line.get("title") for line in cli("export").lines}
    assert told["The ferry leaves at nine."] is None
    assert told["# marks no heading here."] == "Plan › Later"
    assert summary(cli("import", files[0], "--json"))["skipped"] == 2


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"%PDF-1.4", "is damaged, or no PDF document"),
        (locked(a_pdf("x")), "is locked with a password"),
        (a_pdf(""), "holds no text"),
    ],
)
def test_a_document_that_cannot_be_read_is_told(cli: CommandLine, tmp_path: Path, data: bytes, problem: str) -> None:
    (tmp_path / "a.pdf").write_bytes(data)
    ended = cli("import", str(tmp_path / "a.pdf"))
    assert ended.code == 3
    assert f"a.pdf {problem}" in " ".join(ended.err.split())


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", 3), (b"\x7fELF\x00\x01", 3), (b'{"messages": [', 3), (b"{oops\n{oops\n", 3), (b"[]", 1)],
)
def test_files_without_anything_to_keep_have_their_exit_code(
    cli: CommandLine, tmp_path: Path, content: bytes, code: int
) -> None:
    path = tmp_path / ("x.jsonl" if b"\n" in content else "x.json")
    path.write_bytes(content)
    ended = cli("import", str(path))
    assert ended.code == code
    assert "Traceback" not in ended.err


@pytest.mark.process
def test_an_import_that_is_killed_goes_on_where_it_was(child: Child, cli: CommandLine, tmp_path: Path) -> None:
    """Statement R1.1: what was acknowledged stays; nothing is doubled."""
    lines = [
        {"text": f"Note {number} of {number % 7}.", "user": f"u{number % 2}", "session": "s"} for number in range(1_500)
    ]
    path = written(tmp_path / "a.jsonl", lines)
    kills = 0
    acknowledged = 0
    for _ in range(8):
        process = child.start("import", path, "--mode", "verbatim", "--no-wait", "--json")
        acknowledged = _kill_after_progress(process, beyond=acknowledged)
        kills += process.returncode == -signal.SIGKILL
        kept = cli("export").lines if acknowledged else []
        assert len(kept) >= acknowledged
        assert len({(line["user"], line["position"]) for line in kept}) == len(kept)
    assert kills >= 3
    last = summary(cli("import", path, "--mode", "verbatim", "--no-wait", "--json"))
    assert last["added"] + last["skipped"] == 1_500
    assert sorted(line["text"] for line in cli("export").lines) == sorted(line["text"] for line in lines)


def _kill_after_progress(process: Any, *, beyond: int) -> int:
    """Kills the import once it has said that it is further than before; what it had said last."""
    said = beyond
    for line in process.stdout:
        done = json.loads(line).get("done", 0)
        said = max(said, done)
        if done > beyond:
            time.sleep(0.05)
            process.kill()
            break
    for line in process.stdout:
        if line.endswith(b"}\n"):
            said = max(said, json.loads(line).get("done", 0))
    process.wait()
    process.stdout.close()
    process.stderr.close()
    return said
