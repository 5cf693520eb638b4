"""Token counts, exact for OpenAI's encodings, from tables bundled with `bpe-openai`."""

from functools import cache
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from typing import Literal, Protocol, cast

EncodingName = Literal["o200k_base", "cl100k_base"]


class BpeTokenCounter:
    """Counts tokens of plain text: `<|endoftext|>` in a text is text. Safe to share between threads.

    The tables are read at the first count, which takes about 0.05 s.
    """

    def __init__(self, encoding: EncodingName = "o200k_base") -> None:
        self._encoding: EncodingName = encoding

    @property
    def encoding(self) -> EncodingName:
        return self._encoding

    def count(self, text: str) -> int:
        """Number of tokens of `text`; a lone surrogate counts as the replacement character."""
        try:
            return _tokenizer(self._encoding).count(text)
        except UnicodeEncodeError:
            sound = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            return _tokenizer(self._encoding).count(sound)


class _Tokenizer(Protocol):
    def count(self, text: str) -> int: ...


class _Bindings(Protocol):
    def tokenizer_for_encoding(self, encoding_name: str) -> _Tokenizer: ...


@cache
def _tokenizer(encoding: EncodingName) -> _Tokenizer:
    return _bindings().tokenizer_for_encoding(encoding)


def _bindings() -> _Bindings:
    """The package's compiled part alone: importing the package reads all its tables once more, into Python
    dictionaries (70 MiB, half a second) that counting never looks at."""
    package = find_spec("bpe_openai")
    spec = PathFinder.find_spec("bpe_openai._bindings", package.submodule_search_locations) if package else None
    if spec is None or spec.loader is None:
        raise ImportError("bpe-openai is not installed", name="bpe_openai")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return cast("_Bindings", module)
