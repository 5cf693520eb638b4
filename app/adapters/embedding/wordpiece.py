"""Text to the token ids of the model."""

from collections.abc import Callable
from pathlib import Path

from tokenizers import Tokenizer

from app.adapters.embedding.weights import TOKENIZER, WINDOW, verified

Tokenize = Callable[[str], list[int]]


def open_tokenizer(folder: Path) -> Tokenize:
    """A function from text to at most WINDOW ids, with the special tokens at both ends; safe in threads."""
    tokenizer = Tokenizer.from_str(verified(folder, TOKENIZER).read_text(encoding="utf-8"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(WINDOW)

    def tokenize(text: str) -> list[int]:
        return tokenizer.encode(_encodable(text)).ids

    return tokenize


def _encodable(text: str) -> str:
    """The text, where a lone surrogate (which no UTF-8 holds) becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")
