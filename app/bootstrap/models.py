"""The embedder and the language model that the settings ask for."""

from contextlib import AbstractAsyncContextManager, nullcontext

from app.domain import errors
from app.ports.models import Embedder, TextReader
from app.ports.runtime import Clock
from app.settings import Settings


def embedder_of(settings: Settings) -> AbstractAsyncContextManager[Embedder]:
    """Raises Invalid when there is no such embedder."""
    match settings.embedder:
        case "auto" | "onnx" | "numpy" as engine:
            from app.adapters.embedding.minilm import open_minilm

            return open_minilm(cache=settings.data / "models", engine=engine)
        case "endpoint":
            from app.adapters.embedding.endpoint import open_endpoint

            return open_endpoint(
                url=settings.embedding_url,
                key=settings.embedding_key or None,
                model=settings.embedding_model,
                dimension=settings.embedding_dimension,
            )
        case other:
            raise errors.invalid("MNEMOGRAPH_EMBEDDER", f"{other!r} is not one of auto, onnx, numpy, endpoint")


def reader_of(settings: Settings, clock: Clock) -> AbstractAsyncContextManager[TextReader | None]:
    """None where no language model is named."""
    if not settings.llm_url:
        return nullcontext()
    from app.adapters.llm.endpoint import open_reader

    return open_reader(
        url=settings.llm_url,
        key=settings.llm_key or None,
        model=settings.llm_model,
        timeout=settings.llm_timeout,
        clock=clock,
    )
