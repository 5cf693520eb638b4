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
    ],
)
def test_a_note(note: Extract, text: str, kind: Kind, type_: str) -> None:
    found = note(text)
    assert (found.kind, found.type) == (kind, type_)


@pytest.mark.parametrize(
    ("text", "kind", "type_"),
    [
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
