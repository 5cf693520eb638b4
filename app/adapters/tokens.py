"""Token counts, exact for OpenAI's encodings, from tables bundled with `bpe-openai`."""

from functools import cached_property
from importlib import import_module
from typing import Literal, Protocol, cast

EncodingName = Literal["o200k_base", "cl100k_base"]


class _Encoder(Protocol):
    def count(self, text: str) -> int: ...


class BpeTokenCounter:
    """Counts tokens of plain text: `<|endoftext|>` in a text is text. Safe to share between threads.

    The tables are read at the first count, which takes about half a second.
    """

    def __init__(self, encoding: EncodingName = "o200k_base") -> None:
        self._encoding: EncodingName = encoding

    @property
    def encoding(self) -> EncodingName:
        return self._encoding

    def count(self, text: str) -> int:
        """Number of tokens of `text`; a lone surrogate counts as the replacement character."""
        try:
            return self._encoder.count(text)
        except UnicodeEncodeError:
            return self._encoder.count(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))

    @cached_property
    def _encoder(self) -> _Encoder:
        # The package's own Encoding class builds tables in Python (75 MiB) that counting never reads.
        bindings = import_module("bpe_openai._bindings")
        return cast("_Encoder", bindings.tokenizer_for_encoding(self._encoding))
