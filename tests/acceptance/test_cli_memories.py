"""`mnemograph list`, `show`, `update` and what `history` compares."""

from typing import Any

from tests.acceptance.command_line import CommandLine


def remembered(cli: CommandLine, text: str, *options: str) -> dict[str, Any]:
    added = cli("add", text, "--mode", "verbatim", "--json", *options)
    assert added.code == 0
    memory: dict[str, Any] = added.document["memory"]
    return memory


def listed(cli: CommandLine, *options: str) -> list[str]:
    return [each["text"] for each in cli("list", "--json", *options).document["memories"]]


def test_memories_are_listed_by_filter_in_order(cli: CommandLine) -> None:
    moved = remembered(cli, "Maya moved to Oslo.", "--user", "maya", "--at", "2024-05-02", "--type", "event")
    remembered(cli, "Tea at four.", "--tag", "habit", "--at", "2023-01-01", "--importance", "0.9")
    cli("update", moved["id"], "--kind", "episodic", "--category", "life")
    assert listed(cli) == ["Tea at four.", "Maya moved to Oslo."]
    assert listed(cli, "--order-by", "occurred_at") == ["Maya moved to Oslo.", "Tea at four."]
    assert listed(cli, "--order-by", "importance", "--direction", "asc") == ["Maya moved to Oslo.", "Tea at four."]
    for condition in (
        ("--user", "maya"),
        ("--type", "event"),
        ("--after", "2024-01-01"),
        ("--entity", "Oslo"),
        ("--contains", "OSLO"),
        ("--kind", "EPISODIC", "--category", "life"),
    ):
        assert listed(cli, *condition) == ["Maya moved to Oslo."]
        hits = cli("search", "where is tea", *condition, "--json").document["hits"]
        assert {hit["memory"]["text"] for hit in hits} <= {"Maya moved to Oslo."}
    for condition in (("--tag", "habit"), ("--before", "2024-01-01")):
        assert listed(cli, *condition) == ["Tea at four."]
    cli("keypaths", "set", "shop.billing", "Stripe")
    assert listed(cli, "--keypath", "shop") == ["Stripe"]
    assert cli("search", "billing", "--keypath", "home", "--json").document["hits"] == []
    nothing = cli("list", "--user", "nobody", "--json")
    assert (nothing.code, nothing.document) == (1, {"memories": [], "cursor": None})
    assert cli("list", "--first", "-1").code == 3
    assert cli("list", "--kind", "vague").code == 2


def test_a_list_goes_on_where_a_page_ended(cli: CommandLine) -> None:
    for number in range(3):
        remembered(cli, f"Note number {number}.")
    page = cli("list", "--first", "2", "--json").document
    assert [each["text"] for each in page["memories"]] == ["Note number 2.", "Note number 1."]
    last = cli("list", "--first", "2", "--cursor", page["cursor"], "--json").document
    assert ([each["text"] for each in last["memories"]], last["cursor"]) == (["Note number 0."], None)
    assert cli("list", "--first", "2").err == f"More with --cursor {page['cursor']}\n"
    assert cli("list", "--cursor", "nonsense").code == 3


def test_people_read_a_list(cli: CommandLine) -> None:
    long = remembered(cli, f"Maya\nsails. {'Far out. ' * 60}", "--user", "maya", "--tag", "sea")
    head, text, about = cli("list").out.splitlines()
    assert (head, text[:16], len(text), text[-1]) == (long["id"], "   Maya sails. F", 243, "…")
    assert about.startswith("   maya · note · #sea" if long.get("type") == "note" else "   maya · ")


def test_a_memory_is_shown_as_it_stands_and_as_it_stood(cli: CommandLine) -> None:
    memory = remembered(cli, "We use Postgres 15.", "--user", "ada", "--tag", "db", "--title", "Database")
    shown = cli("show", memory["id"], "--json").document
    assert (shown["text"], shown["user"], shown["tags"], shown["title"]) == (
        "We use Postgres 15.",
        "ada",
        ["db"],
        "Database",
    )
    before = cli("changelog", "--json").document[0]["revision"]
    assert cli("update", memory["id"], "We use Postgres 16.").code == 0
    assert cli("show", memory["id"], "--json").document["text"] == "We use Postgres 16."
    then = cli("show", memory["id"], "--at-revision", str(before), "--json").document
    assert (then["text"], then["version"]) == ("We use Postgres 15.", shown["version"])
    assert listed(cli, "--at-revision", str(before)) == ["We use Postgres 15."]
    assert cli("show", memory["id"], "--known-at", "2001-01-01").err == (
        "Error (not_found): there was no such memory then\n"
    )
    told = cli("show", memory["id"]).out.splitlines()
    assert told[:2] == [memory["id"], "   We use Postgres 16."]
    assert [line.split() for line in told if line.startswith("   tags")] == [["tags", "db"]]
    assert cli("show", "mem_00000000000000000000000000").code == 4


def test_forgotten_memories_are_listed_shown_and_brought_back(cli: CommandLine) -> None:
    id_ = remembered(cli, "Tea at four.")["id"]
    cli("forget", id_)
    assert cli("list").code == 1
    (gone,) = cli("list", "--forgotten", "--json").document["memories"]
    assert (gone["id"], "deleted_at" in gone) == (id_, True)
    assert "deleted_at" in cli("show", id_, "--json").document
    assert cli("forget", "--undo", id_, "--json").document == {"restored": 1}
    assert listed(cli) == ["Tea at four."]
    assert cli("list", "--forgotten").code == 1


def test_fields_are_changed_and_the_others_stay(cli: CommandLine) -> None:
    id_ = remembered(cli, "Tea at four.", "--user", "ada", "--tag", "habit", "--title", "Tea")["id"]
    changed = cli(
        *("update", id_, "--summary", "Ada has tea.", "--kind", "episodic", "--type", "event", "--category", "home"),
        *("--category", "food", "--tag", "tea", "--file", "tea.md", "--importance", "0.9", "--at", "2024-05-02"),
        *("--valid-from", "2024-05-02", "--valid-to", "2024-06-01", "--metadata", '{"cups": 2}', "--json"),
    )
    assert changed.code == 0
    expected = {
        "text": "Tea at four.",
        "user": "ada",
        "title": "Tea",
        "summary": "Ada has tea.",
        "kind": "EPISODIC",
        "type": "event",
        "categories": ["home", "food"],
        "tags": ["tea"],
        "files": ["tea.md"],
        "importance": 0.9,
        "occurred_at": "2024-05-02T00:00:00Z",
        "valid_from": "2024-05-02T00:00:00Z",
        "valid_to": "2024-06-01T00:00:00Z",
        "metadata": {"cups": 2},
    }
    assert {name: changed.document[name] for name in expected} == expected
    emptied = cli(
        *("update", id_, "--title", "", "--summary", "", "--tag", "", "--category", "", "--file", ""),
        *("--metadata", "", "--valid-to", "", "--no-wait", "--json"),
    ).document
    assert {"title", "summary", "tags", "categories", "files", "metadata", "valid_to"} & set(emptied) == set()
    assert (emptied["type"], emptied["valid_from"]) == ("event", "2024-05-02T00:00:00Z")
    ends = cli("update", id_, "--layer", "task", "--json").document
    assert (ends["layer"], "expires_at" in ends) == ("TASK", True)


def test_a_new_text_is_read_again(cli: CommandLine) -> None:
    id_ = cli("add", "Maya lives in Bergen.", "--json").document["memory"]["id"]
    waiting = cli("update", id_, "-", "--no-wait", "--json", stdin="Maya lives in Oslo.").document
    assert (waiting["text"], waiting["status"]) == ("Maya lives in Oslo.", "PENDING")
    done = cli("update", id_, "Maya lives in Lyon.", "--json").document
    assert (done["status"], "Lyon" in done["entities"], "Bergen" in done["entities"]) == ("COMPLETED", True, False)
    assert "   Maya lives in Nice." in cli("update", id_, "Maya lives in Nice.").out
    back = cli("history", id_, "--restore", "1", "--json").document
    assert back["value"] == "Maya lives in Bergen."
    assert cli("show", id_, "--json").document["status"] == "COMPLETED"


WRONG = [
    ((), 2, "say what to change: a text, or an option"),
    (("  ",), 3, "Error (invalid): text: must not be blank\n"),
    (("--importance", "2"), 3, "Error (invalid): importance: must be between 0 and 1\n"),
    (("--metadata", "[1]"), 3, "Error (invalid): metadata: must be a JSON object\n"),
    (("--valid-from", "soon"), 3, "Error (invalid): valid-from: 'soon' is not a date and time\n"),
    (("--valid-from", "2024-02-31"), 3, "Error (invalid): valid-from: "),
    (("--kind", "vague"), 2, "vague"),
    (("x", "--if-version", "7"), 5, "Error (conflict): the memory is at version "),
]


def test_a_wrong_update_changes_nothing(cli: CommandLine) -> None:
    before = remembered(cli, "Tea at four.")
    for arguments, code, message in WRONG:
        refused = cli("update", before["id"], *arguments)
        assert (refused.code, refused.out, message in refused.err) == (code, "", True)
    assert cli("show", before["id"], "--json").document == before
    assert cli("update", "mem_00000000000000000000000000", "x").code == 4


def test_two_versions_are_compared(cli: CommandLine) -> None:
    first = remembered(cli, "Tea at four.")
    cli("update", first["id"], "Tea at five.", "--no-wait")
    cli("update", first["id"], "--importance", "0.9", "--no-wait")
    last = first["version"] + 2
    found = cli("history", first["id"], "--from", str(first["version"]), "--to", str(last), "--json").document
    assert (found["before"]["version"], found["after"]["version"]) == (first["version"], last)
    assert found["text"] == "- Tea at four.\n+ Tea at five."
    assert {"field": "importance", "before": 0.5, "after": 0.9} in found["fields"]
    newest = cli("history", first["id"], "--to", str(last)).out.splitlines()
    assert newest == [f"version {last - 1} to version {last}", "   importance: 0.5 → 0.9"]
    assert cli("history", first["id"], "--from", str(last)).err == "Nothing differs.\n"
    assert cli("history", first["id"], "--from", "99").code == 4
    refused = cli("history", first["id"], "--restore", "1", "--if-version", "1")
    assert (refused.code, refused.err.startswith("Error (conflict): ")) == (5, True)
