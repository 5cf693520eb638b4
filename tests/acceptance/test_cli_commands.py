"""What each command does, said through its output and its exit code."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from app.commands.line import app
from tests.acceptance.command_line import Child, CommandLine, Ended, furnished


@pytest.mark.process
def test_the_real_process_has_the_same_streams_and_exit_codes(child: Child) -> None:
    added = child("add", "-", "--json", stdin="Tea at four.\n")
    assert (added.code, added.err) == (0, "")
    assert added.document["memory"]["status"] == "COMPLETED"
    found = child("search", "when is tea", "--json")
    assert (found.code, found.err) == (0, "")
    assert [hit["memory"]["text"] for hit in found.document["hits"]] == ["Tea at four."]
    refused = child("add", " ")
    assert (refused.code, refused.out, refused.err) == (3, "", "Error (invalid): text: must not be blank\n")
    assert child("search", "--wrong").code == 2


def test_the_help_names_every_command(cli: CommandLine) -> None:
    ended = cli("--help")
    assert ended.code == 0
    for command in ("serve", "add", "search", "compose", "forget", "import", "export", "jobs", "keys", "projects"):
        assert command in ended.out
    for command in ("backup", "restore", "demo", "print-schema", "doctor", "version"):
        assert command in ended.out
    assert "Exit codes: 0 done" in ended.out


def test_every_command_explains_itself() -> None:
    assert all(command.callback is not None and command.callback.__doc__ for command in app.registered_commands)


def test_knowledge_is_printed_as_markdown(cli: CommandLine) -> None:
    memory = cli("add", "Ada works at Acme as a data engineer.", "--user", "ada", "--json").document["memory"]
    told = cli("knowledge", "--user", "ada", "--category", "work")
    assert (told.code, told.out) == (0, "## Work\n\nAda works at Acme as a data engineer.\n")
    (entry,) = cli("knowledge", "--contains", "acme", "--json").document["entries"]
    assert (entry["user"], entry["category"], entry["sources"]) == ("ada", "work", [memory["id"]])
    nothing = cli("knowledge", "--contains", "coffee", "--json")
    assert (nothing.code, nothing.document) == (1, {"entries": [], "total": 0})


def test_a_profile_is_shown_and_a_bio_kept(cli: CommandLine) -> None:
    memory = cli("add", "I live in Porto.", "--user", "ada", "--speaker", "Ada", "--json").document["memory"]
    known = cli("profile", "ada", "--json").document
    assert [(fact["field"], fact["value"]) for fact in known["current"]] == [("home", "Porto")]
    assert memory["id"] in known["current"][0]["sources"]
    assert cli("profile", "ada", "--bio", "Ada is a sailor.", "--json").document["bio"] == "Ada is a sailor."
    assert cli("profile", "ada", "--json").document["bio"] == "Ada is a sailor."
    assert cli("profile", "ada", "--bio", "", "--json").document["bio"] == known["bio"]
    assert cli("profile", "nobody").code == 4


def test_remember_recall_compose_forget(cli: CommandLine) -> None:
    added = cli("add", "Maya Lindqvist moved to Oslo in May 2024.", "--user", "maya", "--tag", "home", "--json")
    assert added.code == 0
    document = added.document
    assert document["created"] is True
    assert document["job"]["state"] == "COMPLETED"
    memory = document["memory"]
    assert (memory["text"], memory["user"], memory["tags"], memory["status"]) == (
        "Maya Lindqvist moved to Oslo in May 2024.",
        "maya",
        ["home"],
        "COMPLETED",
    )
    assert "Oslo" in memory["entities"]

    found = cli("search", "where does Maya live", "--user", "maya", "--json")
    assert found.code == 0
    hits = found.document["hits"]
    assert memory["id"] in [hit["memory"]["id"] for hit in hits]
    assert sum(f["contribution"] for f in hits[0]["factors"]) == pytest.approx(hits[0]["score"], abs=1e-6)

    composed = cli("compose", "where does Maya live", "--budget", "200")
    assert composed.code == 0
    assert "Oslo" in composed.out
    assert "of 200 tokens" in composed.err

    forgotten = cli("forget", memory["id"], "--json")
    assert (forgotten.code, memory["id"] in forgotten.document["ids"]) == (0, True)
    assert cli("search", "Oslo", "--json").document["hits"] == []
    assert cli("search", "Oslo").code == 1

    assert cli("forget", "--undo", memory["id"]).code == 0
    assert cli("search", "Oslo").code == 0


def test_text_may_come_through_a_pipe(cli: CommandLine) -> None:
    assert cli("add", "--no-wait", "--json", stdin="Tea at four.\n").document["memory"]["text"] == "Tea at four."


def test_the_same_text_is_remembered_once(cli: CommandLine) -> None:
    first = cli("add", "Tea at four.", "--no-wait", "--json").document
    again = cli("add", "tea at four", "--no-wait", "--json").document
    assert (again["created"], again["memory"]["id"]) == (False, first["memory"]["id"])


def test_without_json_people_read_it(cli: CommandLine) -> None:
    added = cli("add", "Maya drinks \x1b[31mtea[/red].")
    assert added.code == 0
    assert added.out.startswith("Remembered: mem_")
    found = cli("search", "tea", "--explain")
    assert "\x1b" not in found.out
    assert "[/red]" in found.out
    assert "Recipe: " in found.out


def test_what_memories_come_to_is_told(cli: CommandLine) -> None:
    for text in ("My cello teacher Maya gave me a Bach suite.", "I practise the cello with Maya every evening."):
        assert cli("add", text, "--user", "ada", "--mode", "verbatim").code == 0
    (cluster,) = cli("clusters", "--user", "ada", "--json").document["clusters"]
    assert (cluster["size"], cluster["keywords"][0]) == (2, "cello")
    assert cluster["id"] in cli("clusters", "--refresh", "--user", "ada").out
    assert cli("clusters", "--user", "nobody").code == 1

    counts = cli("counts", "--json").document["counts"]
    assert sum(one["count"] for one in counts if one["label"] == "kind") == 2
    assert "kind" in cli("counts").out

    summary = cli("summarize", "--user", "ada", "-n", "1", "--json").document
    assert (len(summary["sentences"]), summary["read"], summary["memory"]) == (1, 2, None)
    kept = cli("summarize", "--user", "ada", "--keep", "--json").document["memory"]
    assert kept in cli("search", "cello", "--type", "summary", "--json").out

    page = cli("entity", "maya")
    assert page.out.startswith("# Maya\n")
    assert "[1] mem_" in page.err
    assert cli("entity", "Maya", "--json").document["title"] == "Maya"
    assert cli("entity", "Nobody at all").code == 4

    (theme,) = [one for one in cli("intelligence", "--json").document["insights"] if one["kind"] == "THEME"]
    assert len(theme["memories"]) == 2
    assert "theme" in cli("intelligence").out


def test_erasing_asks_and_leaves_no_trace(cli: CommandLine) -> None:
    id_ = cli("add", "The canary sings xylophonically.", "--json").document["memory"]["id"]
    refused = cli("forget", id_, "--erase")
    assert refused.code == 2
    assert "--yes" in refused.err
    assert cli("forget", id_, "--dry-run", "--json").document["dry_run"] is True
    assert cli("forget", id_, "--erase", "--yes").code == 0
    for file in cli.data.rglob("*"):
        assert not file.is_file() or b"xylophonically" not in file.read_bytes(), file
    assert cli("forget", "--undo", id_).code == 4


def test_forgetting_by_filter_user_and_project(cli: CommandLine) -> None:
    for user, tag in (("a", "x"), ("a", "y"), ("b", "x")):
        cli("add", f"{user} says {tag}.", "--user", user, "--tag", tag, "--no-wait", "--mode", "verbatim")
    assert cli("forget", "--tag", "x", "--dry-run", "--json").document["count"] == 2
    assert cli("forget", "--user", "a", "--dry-run", "--json").document["count"] == 2
    assert cli("forget", "--project", "default", "--dry-run", "--json").document["count"] == 3
    assert cli("forget", "--tag", "z", "--dry-run").code == 1
    assert cli("forget").code == 2


def test_a_key_is_printed_alone_and_can_be_revoked(cli: CommandLine) -> None:
    created = cli("keys", "create", "reader", "--scope", "read")
    assert created.code == 0
    assert created.out.strip().startswith("mng_")
    assert created.out.count("\n") == 1
    assert "shown this once" in created.err
    (listed,) = [key for key in cli("keys", "list", "--json").document if key["name"] == "reader"]
    assert listed["scopes"] == ["read"]
    assert listed["last_four"] == created.out.strip()[-4:]
    assert created.out.strip() not in cli("keys", "list").out
    assert cli("keys", "revoke", listed["id"]).code == 0
    assert "revoked" in cli("keys", "list").out


@pytest.mark.parametrize(("asked", "scopes"), [((), ["admin", "read", "write"]), (("--scope", "read"), ["read"])])
def test_a_key_of_buildd_manages_its_team_unless_it_only_reads(
    cli: CommandLine, asked: tuple[str, ...], scopes: list[str]
) -> None:
    assert cli("keys", "create", "team", "--dialect", "buildd", *asked).out.startswith("mem_")
    (listed,) = [key for key in cli("keys", "list", "--json").document if key["name"] == "team"]
    assert sorted(listed["scopes"]) == scopes


def test_projects_are_listed_with_their_memories(cli: CommandLine) -> None:
    assert cli("projects", "create", "ferries", "--name", "Ferries", "--json").document["slug"] == "ferries"
    cli("add", "Sails at noon.", "--project", "ferries", "--no-wait")
    listed = {project["slug"]: project["memories"] for project in cli("projects", "list", "--json").document}
    assert listed == {"default": 0, "ferries": 1}
    again = cli("projects", "create", "ferries")
    assert again.code == 5
    assert again.err.startswith("Error (conflict): ")


def test_jobs_are_listed_and_watched(cli: CommandLine) -> None:
    queued = cli("add", "Tea at four.", "--no-wait", "--json").document["job"]
    assert queued["state"] == "PENDING"
    assert [job["id"] for job in cli("jobs", "list", "--state", "pending", "--json").document] == [queued["id"]]
    ended = cli("add", "Coffee at nine.", "--json").document["job"]
    assert ended["state"] == "COMPLETED"
    watched = cli("jobs", "watch", ended["id"], "--json")
    assert watched.code == 0
    assert [line["state"] for line in watched.lines] == ["COMPLETED"]
    assert ended["id"] in cli("jobs", "watch", ended["id"]).out
    assert cli("jobs", "watch", "job_00000000000000000000000000").code == 4
    assert cli("jobs", "replay", ended["id"]).code == 5


def test_the_demo_runs_twice_and_answers(cli: CommandLine) -> None:
    first = cli("demo", "--json")
    assert first.code == 0
    shown = first.lines[-1]
    assert shown["added"] == 55
    answers = [" ".join(hit["memory"]["text"] for hit in search["hits"]) for search in shown["searches"]]
    assert "15 June" in answers[0]
    assert "hazelnuts" in answers[1]
    assert "The staging server fell over" in answers[2]
    assert cli("demo", "--json").lines[-1]["added"] == 0
    assert "$ mnemograph search" in cli("demo").out


def test_the_schema_and_the_version_are_printed(cli: CommandLine) -> None:
    assert "type Query" in cli("print-schema").out
    assert cli("version").out.startswith("mnemograph ")


def test_the_doctor_finds_a_healthy_folder_well(cli: CommandLine) -> None:
    cli("add", "Tea at four.", "--no-wait")
    examined = cli("doctor", "--json", MNEMOGRAPH_EMBEDDING_KEY="sesame-open")
    assert examined.code == 0
    levels = {finding["name"]: finding["level"] for finding in examined.document["findings"]}
    assert set(levels) == {
        *("version", "settings", "data", "space", "files", "store", "embedder", "language", "model", "server")
    }
    assert "fail" not in levels.values()
    assert "sesame-open" not in examined.out
    assert "embedding_key=***" in examined.out


def test_the_doctor_finds_a_damaged_file(cli: CommandLine) -> None:
    (cli.data / "mnemograph.db").write_bytes(b"not a database" * 1_000)
    examined = cli("doctor")
    assert examined.code == 1
    assert "✗ store" in examined.out


def test_what_is_exported_can_be_imported(cli: CommandLine, tmp_path: Path, models: Path) -> None:
    cli("add", "Maya moved to Oslo.", "--user", "maya", "--tag", "home", "--at", "2024-05-02", "--mode", "verbatim")
    cli("add", "Tea at four.", "--mode", "verbatim")
    path = tmp_path / "all.jsonl"
    assert cli("export", "--output", str(path), "--history").code == 0
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [(line["text"], line.get("user"), line.get("occurred_at")) for line in lines] == [
        ("Maya moved to Oslo.", "maya", "2024-05-02T00:00:00Z"),
        ("Tea at four.", None, None),
    ]
    assert "Oslo" in lines[0]["entities"]
    assert lines[0]["versions"][-1]["version"] == 1

    other = cli.on(furnished(tmp_path / "other", models))
    assert _summary(other("import", str(path), "--mode", "verbatim", "--json"))["added"] == 2
    copied = other("export").lines
    for line, copy in zip(lines, copied, strict=True):
        for name in ("text", "user", "tags", "occurred_at", "importance", "metadata"):
            assert line.get(name) == copy.get(name)
    assert _summary(cli("import", str(path), "--json"))["joined"] == 2
    assert cli("export", "--user", "nobody").code == 1


def _summary(ended: Ended) -> dict[str, Any]:
    """What an import with --json said of its first file."""
    return next(line for line in ended.lines if "added" in line)


def test_a_backup_comes_back(cli: CommandLine, tmp_path: Path) -> None:
    cli("add", "Tea at four.", "--mode", "verbatim")
    path = tmp_path / "copy.db"
    assert cli("backup", str(path)).code == 0
    assert cli("backup", str(path)).code == 5
    cli("add", "Coffee at nine.", "--mode", "verbatim")

    assert cli("restore", str(path)).code == 5
    restored = cli("restore", str(path), "--replace", "--json")
    assert restored.code == 0
    assert Path(restored.document["aside"]).is_dir()
    assert [line["text"] for line in cli("export").lines] == ["Tea at four."]

    fresh = cli.on(tmp_path / "fresh")
    assert fresh("restore", str(path)).code == 0
    assert [line["text"] for line in fresh("export").lines] == ["Tea at four."]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["copy.db", "data", "fresh"]


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\x00" + b"\xff" * 5_000])
def test_a_bad_backup_is_refused_and_changes_nothing(cli: CommandLine, tmp_path: Path, content: bytes) -> None:
    cli("add", "Tea at four.", "--no-wait")
    path = tmp_path / "bad.db"
    path.write_bytes(content)
    refused = cli("restore", str(path), "--replace")
    assert refused.code == 3
    assert refused.err.startswith("Error (invalid): path: ")
    assert [line["text"] for line in cli("export").lines] == ["Tea at four."]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("add", "  "), 3, "Error (invalid): text: must not be blank"),
        (("add", "x" * 50_001), 3, "Error (invalid): text: has 50,001 characters; the limit is 50,000"),
        (("add", "x", "--project", "nowhere"), 3, "Error (invalid): project: there is no project 'nowhere'"),
        (("add", "x", "--at", "soon"), 3, "Error (invalid): at: 'soon' is not a date and time"),
        (("search", "x", "--first", "-1"), 3, "Error (invalid): first: must be between 0 and 100"),
        (("compose", "x", "--budget", "0"), 3, "Error (invalid): budget: "),
        (("keys", "create", "k", "--scope", "root"), 3, "Error (invalid): "),
        (("keys", "revoke", "key_00000000000000000000000000"), 4, "Error (not_found): "),
        (("import", "absent.jsonl"), 3, "Error (invalid): file: absent.jsonl: no such file or directory"),
        (("export", "--output", "/nowhere/x.jsonl"), 3, "Error (invalid): output: /nowhere/x.jsonl cannot be written"),
        (("unknown",), 2, ""),
        (("search", "x", "--mode", "guess"), 2, ""),
    ],
)
def test_an_error_is_one_line_with_its_code_and_field(
    cli: CommandLine, arguments: tuple[str, ...], code: int, message: str
) -> None:
    assert cli("projects", "create", "any").code == 0
    ended = cli(*arguments)
    assert ended.code == code
    assert ended.out == ""
    assert "Traceback" not in ended.err
    if message:
        assert ended.err.startswith(message)
        assert ended.err.count("\n") == 1


def test_programs_get_errors_as_json(cli: CommandLine) -> None:
    ended = cli("add", " ", "--json")
    assert json.loads(ended.err) == {
        "error": {
            "code": "invalid",
            "message": "text: must not be blank",
            "fields": [{"field": "text", "message": "must not be blank", "code": "blank"}],
        }
    }


def test_nothing_is_made_where_nothing_was_stored(cli: CommandLine, tmp_path: Path) -> None:
    absent = tmp_path / "absent"
    ended = cli.on(absent)("search", "tea")
    assert ended.code == 4
    assert ended.err.startswith(f"Error (not_found): there is nothing in {absent} yet; begin with `mnemograph demo`")
    assert not absent.exists()


def test_wrong_settings_are_named(cli: CommandLine) -> None:
    ended = cli("add", "x", MNEMOGRAPH_PORT="eighty")
    assert (ended.code, ended.err) == (3, "Error (invalid): MNEMOGRAPH_PORT: 'eighty' is not a number\n")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_without_rights_is_refused(cli: CommandLine, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    ended = cli.on(closed)("add", "x")
    assert (ended.code, ended.err.startswith("Error (invalid): data: ")) == (3, True)


def test_a_file_in_place_of_the_folder_is_refused(cli: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    ended = cli.on(file)("add", "x")
    assert (ended.code, ended.err.startswith("Error (invalid): data: ")) == (3, True)


def test_values_at_keypaths_and_their_past(cli: CommandLine) -> None:
    first = cli("keypaths", "set", "billing.provider", "Stripe", "--json").document
    assert (first["change"], first["version"]) == ("CREATED", 1)
    assert cli("keypaths", "set", "billing.provider", "--if-version", "1", stdin='{"name": "Adyen"}').code == 0
    assert cli("keypaths", "set", "billing.provider", "lost", "--if-version", "1").code != 0
    assert cli("keypaths", "get", "billing.provider").out == '{"name": "Adyen"}'
    then = cli("keypaths", "get", "billing.provider", "--at-revision", str(first["revision"]))
    assert then.out == "Stripe"
    assert [each["path"] for each in cli("keypaths", "list", "--depth", "1", "--json").document] == ["billing"]
    assert "provider" in cli("keypaths", "tree").out
    assert cli("keypaths", "forget", "billing", "--subtree", "--json").document["count"] == 1
    assert [each["version"] for each in cli("keypaths", "history", "billing.provider", "--json").document] == [3, 2, 1]
    assert cli("history", first["id"], "--restore", "1").code == 0
    assert cli("keypaths", "get", "billing.provider").out == "Stripe"
    assert "- Stripe" in cli("history", first["id"]).out
    kinds = [each["kind"] for each in cli("changelog", "--json").document]
    assert kinds == ["memory.restored", "memory.forgotten", "memory.updated", "memory.created"]


def test_entities_are_merged_and_split(cli: CommandLine) -> None:
    cli("add", "Maya Lindqvist moved to Oslo in May 2024.")
    cli("add", "Tomas Berg plays chess in Bergen.")
    merged = cli("entities", "merge", "Maya Lindqvist", "Tomas Berg", "--reason", "a joke", "--json")
    assert (merged.code, merged.document["name"], merged.document["aliases"]) == (0, "Maya Lindqvist", ["Tomas Berg"])
    (listed,) = cli("entities", "merges", "--json").document
    assert (listed["entity"]["name"], listed["reason"]) == ("Tomas Berg", "a joke")
    refused = cli("entities", "merge", "Tomas Berg", "Maya Lindqvist")
    assert (refused.code, "itself" in refused.err) == (3, True)
    parted = cli("entities", "split", listed["entity"]["id"])
    assert (parted.code, parted.out.endswith("are two again.\n")) == (0, True)
    assert cli("entities", "merges", "--json").document == []


def test_a_decision_is_listed_and_settled_anew(cli: CommandLine) -> None:
    cli("add", "Ana Ruiz lives in Lyon.")
    cli("add", "Ana Ruiz now lives in Porto.")
    decided = cli("decisions", "list", "--state", "SETTLED", "--json").document
    assert decided
    assert {(one["outcome"], one["settled_by"]) for one in decided} == {("KEEP_NEWER", "rules")}
    settled = cli("decisions", "resolve", decided[0]["id"], "KEEP_BOTH", "--reason", "two homes", "--json")
    assert (settled.code, settled.document["outcome"], settled.document["reason"]) == (0, "KEEP_BOTH", "two homes")
    assert cli("decisions", "resolve", "dec_9", "KEEP_BOTH", "--reason", "x").code == 4


def test_turns_and_values_are_kept_word_for_word(cli: CommandLine) -> None:
    assert cli("transcripts", "append", "s1", "Hi there", "--user", "ada").code == 0
    cli("transcripts", "append", "s1", "Hello", "--user", "ada", "--role", "assistant")
    assert cli("transcripts", "show", "s1", "--user", "ada").out == "user: Hi there\nassistant: Hello\n"
    (last,) = cli("transcripts", "show", "s1", "--user", "ada", "--latest", "1", "--json").document
    assert (last["role"], last["content"]) == ("assistant", "Hello")
    assert cli("values", "put", "a/b", "k", '{"city": "Rome"}', "--user", "ada").out == "Kept.\n"
    assert cli("values", "put", "a/b", "k", '{"city": "Rome"}', "--user", "ada").out == "It was there already.\n"
    assert cli("values", "put", "a/b", "k", "[]", "--user", "ada").code == 3
    (value,) = cli("values", "list", "--user", "ada", "--namespace", "a", "--json").document
    assert (value["namespace"], value["key"], value["value"]) == (["a", "b"], "k", {"city": "Rome"})
    assert '{"city": "Rome"}' in cli("values", "list", "--user", "ada").out


def test_kinds_of_a_project_and_vectors_read_anew(cli: CommandLine) -> None:
    cli("add", "Tea at four.", "--user", "ada")
    done = cli("projects", "types", "--content", "recipe", "--json").document
    assert done == {"content_types": ["recipe"], "relation_types": []}
    assert cli("projects", "types").out == "content: recipe\nrelation: none\n"
    told = cli("refresh", "--user", "ada", "--json").document
    assert (told["state"], told["memories"]) == ("COMPLETED", 1)
    assert cli("refresh", "--user", "eve").out == "Completed: 0 memories read.\n"
    assert cli("search", "when is tea", "--json").document["hits"][0]["memory"]["text"] == "Tea at four."
