import pytest

from app.domain.memory import Kind
from tests.unit.extraction.conftest import Extract

EPISODIC, SEMANTIC = Kind.EPISODIC, Kind.SEMANTIC


@pytest.mark.parametrize(
    ("text", "kind", "type_"),
    [
        ("We picked Valkey over Redis because of the licence.", SEMANTIC, "decision"),
        ("On 9 March we voted to freeze the v1 API.", EPISODIC, "decision"),
        ("pnpm install hangs behind the proxy unless strict-ssl is off.", SEMANTIC, "gotcha"),
        ("Uploads go to MinIO first, then a Celery worker thumbnails them.", SEMANTIC, "architecture"),
        ("Branch names start with the ticket number.", SEMANTIC, "pattern"),
        ("Switching the allocator to jemalloc cut memory use by 30 percent.", SEMANTIC, "discovery"),
        ("Lesson learned: alert on symptoms, not on causes.", SEMANTIC, "insight"),
        ("See ADR 14 for why the queue is at-least-once.", SEMANTIC, "reference"),
        ("I prefer composition over inheritance.", SEMANTIC, "preference"),
        ("Open question: who owns the status page?", SEMANTIC, "note"),
        ("The certificate expired last night and Marek renewed it.", EPISODIC, "event"),
        ("The build fails on ARM because the image is old; pass --platform.", SEMANTIC, "gotcha"),
        ("Benchmark result: switching to Protobuf cut payloads by 62 %.", SEMANTIC, "discovery"),
        ("We moved the jobs from cron to a queue because retries were lost.", EPISODIC, "decision"),
        ("From now on write commit messages in the imperative.", SEMANTIC, "preference"),
        ("Pull requests need two approvals.", SEMANTIC, "pattern"),
        ("Should we charge for the connector? Still undecided.", SEMANTIC, "note"),
        ("The app is called Sparrow, and it shares types through a package.", SEMANTIC, "architecture"),
        ("The free plan allows 10,000 requests a month.", SEMANTIC, "fact"),
        ("Tip for the next audit: print the access list first.", SEMANTIC, "insight"),
        ("What finally made the nightly build quick was a warm cache.", SEMANTIC, "insight"),
        ("Known issue: the importer quietly skips empty rows.", SEMANTIC, "gotcha"),
        ("The old client sends stale tokens after a failover, so restart it.", SEMANTIC, "gotcha"),
        ("When you show me a diff, leave out the generated files.", SEMANTIC, "preference"),
        ("Please don't explain shell pipelines to me.", SEMANTIC, "preference"),
        ("Bisected it: the leak comes from the metrics client.", SEMANTIC, "discovery"),
        ("Indexing is in two parts: a crawler that fetches and a worker that parses.", SEMANTIC, "architecture"),
        (
            "Backups are written by a cron job to the NAS and copied to the bunker every night.",
            SEMANTIC,
            "architecture",
        ),
        ("Every service of ours starts with a health check.", SEMANTIC, "pattern"),
        ("Tabs are always named after the customer.", SEMANTIC, "pattern"),
        ("Weekly 6 April 2026: Selma said the rack ships on Friday.", EPISODIC, "event"),
        ("Gwendal's slides on random numbers list the seeds.", SEMANTIC, "reference"),
        ("No CDN for the map viewer, it has 40 users.", SEMANTIC, "decision"),
        ("Our database licence runs until May 2027.", SEMANTIC, "fact"),
        ("Ingrid came over from support in 2023 and still knows the old reports.", SEMANTIC, "fact"),
    ],
)
def test_a_note(note: Extract, text: str, kind: Kind, type_: str) -> None:
    found = note(text)
    assert (found.kind, found.type) == (kind, type_)


@pytest.mark.parametrize(
    ("text", "kind", "type_"),
    [
        ("I've got a little simulator I wrote that plays thousands of rounds.", SEMANTIC, "fact"),
        ('It\'s a two-player game called "Gulls".', SEMANTIC, "fact"),
        ("I've made up my mind to sell it. I talked it over with my daughter.", EPISODIC, "decision"),
        ("I like that we can be silent together. The kitchen is small.", SEMANTIC, "preference"),
        ('If you want something light, try "The Wild Robot".', SEMANTIC, "reference"),
        ("We went to the lake on Saturday.", EPISODIC, "event"),
        ("My brother is visiting next week.", EPISODIC, "event"),
        ("I signed up for a pottery class.", EPISODIC, "event"),
        ("My favorite season is autumn.", SEMANTIC, "preference"),
        ("I usually run five miles before breakfast.", SEMANTIC, "pattern"),
        ("I have two cats and a tortoise.", SEMANTIC, "fact"),
        ("I have two cats called Biscuit and Marble.", SEMANTIC, "fact"),
        ("I bake bread every Sunday, it calms me down.", SEMANTIC, "pattern"),
        ("I'd love to open a bookshop one day.", SEMANTIC, "note"),
        ("I noticed that I sleep better without my phone.", SEMANTIC, "discovery"),
        ("I miss the smell of the sea.", SEMANTIC, "preference"),
        ("I used to live on a barge.", SEMANTIC, "fact"),
        ("I want to learn how to sail one day.", SEMANTIC, "note"),
        ("You should read Piranesi, it's by Susanna Clarke.", SEMANTIC, "reference"),
        ("I learned that asking for help is not weakness.", SEMANTIC, "insight"),
        ("Last week we decided to sell the boat.", EPISODIC, "decision"),
    ],
)
def test_a_turn_of_a_chat(extract: Extract, text: str, kind: Kind, type_: str) -> None:
    found = extract(text, speaker="Tess")
    assert (found.kind, found.type) == (kind, type_)


def test_the_main_statement_decides(extract: Extract) -> None:
    found = extract("I love the sea. Last Sunday I swam across the bay with my dad.", speaker="Tess")
    assert (found.kind, found.type) == (EPISODIC, "event")


def test_what_the_turn_before_asked_for_decides_as_well(extract: Extract) -> None:
    found = extract("Long walks with my dog.", speaker="Tess", previous="What do you enjoy most?")
    assert found.type == "preference"
    found = extract("We went with the blue kitchen in the end.", speaker="Tess", previous="Which one did you choose?")
    assert (found.kind, found.type) == (EPISODIC, "decision")


def test_a_question_about_now_is_answered_by_what_is(extract: Extract) -> None:
    said = "He got out a couple of years ago. He runs an ice cream cart and makes good money."
    now = extract(said, speaker="Tess", previous="Is your brother still in the army?")
    then = extract(said, speaker="Tess", previous="What happened to your brother?")
    assert (now.kind, then.kind) == (SEMANTIC, EPISODIC)


@pytest.mark.parametrize(
    ("asked", "said", "type_"),
    [
        ("Map out the build for me.", "The generator feeds the compiler, nothing else.", "architecture"),
        ("What should we do differently next time?", "Ring Leopold before the guessing starts.", "insight"),
        ("Do you want the version in a header?", "No, the version goes into the URL.", "decision"),
        ("Which queue goes between the two?", "JetStream, not the other one.", "decision"),
        ("Should I use tabs or spaces here?", "Two spaces.", "decision"),
        (
            "Any idea where the rows go?",
            "They all belong to the Manaus depot: its exports use a decimal comma.",
            "discovery",
        ),
        ("What should I read before I touch the keyboard code?", "WCAG for the rules.", "reference"),
        ("How should I name the branch?", "Ticket number, dash, two words.", "pattern"),
        ("Explain the order flow.", "Orders travel from the client to the ledger.", "architecture"),
        ("Which machine writes the archive?", "The old one in the hallway.", "fact"),
    ],
)
def test_a_plain_answer_about_work_is_what_was_asked_for(note: Extract, asked: str, said: str, type_: str) -> None:
    assert note(said, previous=asked).type == type_
