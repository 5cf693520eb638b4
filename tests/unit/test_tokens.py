"""Token counts are those of OpenAI's encodings."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.adapters.tokens import BpeTokenCounter, EncodingName


@pytest.mark.parametrize(
    ("encoding", "text", "tokens"),
    [
        ("o200k_base", "", 0),
        ("o200k_base", "hello world", 2),
        ("o200k_base", "antidisestablishmentarianism", 6),
        ("cl100k_base", "antidisestablishmentarianism", 6),
        ("o200k_base", "お誕生日おめでとう", 8),
        ("cl100k_base", "お誕生日おめでとう", 9),
        ("o200k_base", "2 + 2 = 4", 7),
    ],
)
def test_counts_are_exact(encoding: EncodingName, text: str, tokens: int) -> None:
    assert BpeTokenCounter(encoding).count(text) == tokens


def test_the_encoding_is_told() -> None:
    assert BpeTokenCounter().encoding == "o200k_base"
    assert BpeTokenCounter("cl100k_base").encoding == "cl100k_base"


def test_special_tokens_in_a_text_are_text() -> None:
    assert BpeTokenCounter().count("<|endoftext|>") == 7


def test_a_lone_surrogate_counts_as_the_replacement_character() -> None:
    counter = BpeTokenCounter()
    assert counter.count("a \ud800 b") == counter.count("a \N{REPLACEMENT CHARACTER} b")


def test_threads_share_a_counter() -> None:
    counter, texts = BpeTokenCounter(), [f"{'word ' * number}" for number in range(200)]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(counter.count, texts)) == [BpeTokenCounter().count(text) for text in texts]
