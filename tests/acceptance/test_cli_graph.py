"""`mnemograph link`, `unlink`, `neighborhood`, `paths`, `entities list`, and the lists of people."""

from tests.acceptance.command_line import CommandLine


def remembered(cli: CommandLine, text: str, *options: str) -> str:
    added = cli("add", text, "--mode", "verbatim", "--json", *options)
    assert added.code == 0
    return str(added.document["memory"]["id"])


def test_memories_are_linked_and_unlinked(cli: CommandLine) -> None:
    one, other = remembered(cli, "The ledger is slow."), remembered(cli, "The queue is full.")
    linked = cli("link", one, other, "--type", "caused_by", "--confidence", "0.8", "--json")
    expected = {"source": one, "target": other, "type": "caused_by", "confidence": 0.8}
    assert (linked.code, linked.document) == (0, expected)
    assert cli("link", one, other, "--type", "caused_by", "--confidence", "0.8").out == f"{one} caused_by {other}.\n"
    assert cli("show", one, "--json").document["links"] == [expected]
    assert [line.split()[1:] for line in cli("show", one).out.splitlines() if " link " in line] == [
        ["caused_by", other]
    ]
    assert [line.split()[1:] for line in cli("show", other).out.splitlines() if " link " in line] == [
        [one, "caused_by", "this"]
    ]
    assert cli("unlink", one, other, "--type", "caused_by").out == f"{one} caused_by {other} no more.\n"
    again = cli("unlink", one, other, "--type", "caused_by", "--json")
    assert (again.code, again.document) == (1, {"removed": False})
    assert "links" not in cli("show", one, "--json").document


def test_a_link_has_a_relation_type_of_the_projects_own(cli: CommandLine) -> None:
    one, other = remembered(cli, "The ledger is slow."), remembered(cli, "The queue is full.")
    options = ("--type", "references", "--label", "blocks")
    refused = cli("link", one, other, *options)
    assert (refused.code, "'blocks' is not one of the project's relation types" in refused.err) == (3, True)
    assert cli("projects", "types", "--relation", "blocks").code == 0
    assert cli("link", one, other, *options, "--json").document["label"] == "blocks"
    around = cli("neighborhood", one, "--kind", "links", "--json").document
    assert [(edge["type"], edge["label"]) for edge in around["edges"]] == [("references", "blocks")]
    assert cli("unlink", one, other, *options, "--json").document == {"removed": True}


def test_a_wrong_link_is_refused(cli: CommandLine) -> None:
    one, other = remembered(cli, "The ledger is slow."), remembered(cli, "The queue is full.")
    absent = "mem_00000000000000000000000000"
    wrong = [
        ((one, other, "--type", "supports", "--confidence", "2"), 3, "must be between 0 and 1"),
        ((one, one, "--type", "supports"), 3, "must be another memory than the source"),
        ((one, absent, "--type", "supports"), 3, "there is no such memory"),
        ((one, other, "--type", "likes"), 2, "likes"),
        ((one, other), 2, "--type"),
    ]
    for arguments, code, message in wrong:
        refused = cli("link", *arguments)
        assert (refused.code, refused.out, message in refused.err) == (code, "", True)
    assert "links" not in cli("show", one, "--json").document


def test_what_lies_around_a_memory(cli: CommandLine) -> None:
    oslo = remembered(cli, "Maya Lindqvist moved to Oslo.", "--user", "ada")
    chess = remembered(cli, "Oslo has a chess club.", "--user", "ada")
    before = cli("changelog", "--json").document[0]["revision"]
    cli("forget", chess)
    near = cli("neighborhood", oslo, "--json").document
    assert (near["start"], near["truncated"]) == (oslo, False)
    assert near["nodes"][0] == {"distance": 0, "id": oslo, "kind": "memory", "name": "Maya Lindqvist moved to Oslo."}
    assert {(node["distance"], node["kind"], node["name"]) for node in near["nodes"][1:]} == {
        (1, "entity", "Maya Lindqvist"),
        (1, "entity", "Oslo"),
        (1, "user", "ada"),
    }
    assert {edge["kind"] for edge in near["edges"]} == {"mentions", "about", "relates"}
    far = cli(
        "neighborhood", oslo, "--depth", "2", "--kind", "mentions", "--at-revision", str(before), "--json"
    ).document
    assert [(node["distance"], node["name"]) for node in far["nodes"] if node["id"] == chess] == [
        (2, "Oslo has a chess club.")
    ]
    told = cli("neighborhood", oslo, "--kind", "mentions", "--first", "2")
    assert told.out.splitlines()[1].split()[:2] == ["0", oslo]
    assert "Maya Lindqvist moved to Osl… — mentions " in told.out
    assert told.err == "There is more: --first was reached.\n"
    assert cli("neighborhood", oslo, "--depth", "5").code == 3
    assert cli("neighborhood", oslo, "--kind", "likes").code == 2
    assert cli("neighborhood", "mem_00000000000000000000000000").code == 4
    assert cli("neighborhood", oslo, "--known-at", "2001-01-01").code == 4


def test_paths_lead_from_one_to_another(cli: CommandLine) -> None:
    oslo, chess = remembered(cli, "Maya Lindqvist moved to Oslo."), remembered(cli, "Oslo has a chess club.")
    alone = remembered(cli, "Tea at four.")
    (path,) = cli("paths", oslo, chess, "--json").document
    assert (path["length"], [node["name"] for node in path["nodes"]]) == (
        2,
        ["Maya Lindqvist moved to Oslo.", "Oslo", "Oslo has a chess club."],
    )
    assert [(edge["source"], edge["kind"]) for edge in path["edges"]] == [(oslo, "mentions"), (chess, "mentions")]
    head, *steps = cli("paths", oslo, chess).out.splitlines()
    assert head == "2 edges"
    assert [line.split()[:2] for line in steps] == [
        [oslo, "Maya"],
        ["↓", "mentions"],
        [path["nodes"][1]["id"], "Oslo"],
        ["↑", "mentions"],
        [chess, "Oslo"],
    ]
    none = cli("paths", oslo, alone, "--json")
    assert (none.code, none.document) == (1, [])
    assert cli("paths", oslo, alone).err == "No path of at most 6 edges.\n"
    assert cli("paths", oslo, chess, "--first", "6").code == 3


def test_entities_are_listed(cli: CommandLine) -> None:
    remembered(cli, "Maya Lindqvist moved to Oslo.")
    found = cli("entities", "list", "--json").document
    assert [(each["name"], each["type"]) for each in found["entities"]] == [
        ("Maya Lindqvist", "PERSON"),
        ("Oslo", "PLACE"),
    ]
    page = cli("entities", "list", "--first", "1", "--json").document
    rest = cli("entities", "list", "--cursor", page["cursor"], "--json").document
    assert ([each["name"] for each in rest["entities"]], rest["cursor"]) == (["Oslo"], None)
    assert cli("entities", "list", "--type", "place", "--json").document == rest
    assert cli("entities", "list", "--name", "maya").out.splitlines()[1].split()[1:] == ["PERSON", "Maya", "Lindqvist"]
    nothing = cli("entities", "list", "--user", "nobody", "--json")
    assert (nothing.code, nothing.document) == (1, {"entities": [], "cursor": None})


def test_people_and_conversations_are_listed(cli: CommandLine) -> None:
    remembered(cli, "Tea at four.", "--user", "ada", "--session", "s1", "--agent", "bot")
    remembered(cli, "Coffee at nine.", "--user", "eve", "--session", "s2")
    told = cli("users", "--json").document
    assert ([each["user"] for each in told["users"]], told["cursor"]) == (["ada", "eve"], None)
    page = cli("users", "--first", "1", "--json").document
    assert [each["user"] for each in cli("users", "--cursor", page["cursor"], "--json").document["users"]] == ["eve"]
    assert [each["agent"] for each in cli("agents", "--json").document["agents"]] == ["bot"]
    sessions = cli("sessions", "--json").document["sessions"]
    assert [(each["session"], each["user"]) for each in sessions] == [("s1", "ada"), ("s2", "eve")]
    assert cli("sessions", "--user", "eve").out.splitlines()[1].split()[:2] == ["s2", "eve"]
    assert [line.split()[0] for line in cli("users").out.splitlines()] == ["user", "ada", "eve"]
    assert cli("agents").out.splitlines()[1].split()[0] == "bot"
    assert cli("sessions", "--user", "nobody").code == 1
    assert cli("users", "--project", "nowhere").code == 3
