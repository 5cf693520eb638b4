"""Settings: the only reader of the environment. Each field is documented once, here; README's table is held to it."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from app.domain.errors import FieldError, Invalid

PREFIX = "MNEMOGRAPH_"


def _setting(default: Any, doc: str, *choices: str) -> Any:
    return field(default=default, metadata={"doc": doc, "choices": choices})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`MNEMOGRAPH_<FIELD>` in capitals sets a field."""

    host: str = _setting("127.0.0.1", "address to listen on")
    port: int = _setting(8000, "port to listen on; 0 takes a free one")
    data: Path = _setting(Path("data"), "folder of the SQLite file and the built model")
    log_level: str = _setting("info", "debug, info, warning or error", "debug", "info", "warning", "error")
    log_format: str = _setting("auto", "json, console, or auto: console on a terminal", "json", "console", "auto")
    embedder: str = _setting(
        "auto", "auto, onnx, numpy, or endpoint (any OpenAI-compatible one)", "auto", "onnx", "numpy", "endpoint"
    )
    embedding_url: str = _setting("", "endpoint: base URL, up to and without /embeddings")
    embedding_key: str = _setting("", "endpoint: API key")
    embedding_model: str = _setting("", "endpoint: model name")
    embedding_dimension: int = _setting(0, "endpoint: dimension of its vectors")
    spacy_model: str = _setting("", "name of an installed trained spaCy pipeline; empty: en_core_web_sm if installed")
    job_workers: int = _setting(2, "jobs that run at once in this process")
    job_lease: float = _setting(60.0, "seconds until a silent worker's job is taken over")
    rate_limit: int = _setting(6000, "requests a minute and key; 0 for no limit")
    body_limit: int = _setting(8 * 1024 * 1024, "largest request body in bytes")
    request_timeout: float = _setting(30.0, "seconds a GraphQL operation may take")
    cors_origins: str = _setting("", "origins that browsers may call from, separated by commas")
    introspection: bool = _setting(default=True, doc="whether clients may read the schema")
    graphiql: bool = _setting(default=True, doc="whether GET /graphql shows a console to a browser")
    public_metrics: bool = _setting(default=False, doc="whether /metrics answers without a key")
    max_subscriptions: int = _setting(100, "live operations on one socket")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Raises Invalid naming every variable whose value does not fit."""
        given = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        wrong: list[FieldError] = []
        for setting in fields(cls):
            name = PREFIX + setting.name.upper()
            if name not in given:
                continue
            try:
                values[setting.name] = _chosen(_parse(type(setting.default), given[name]), setting.metadata["choices"])
            except ValueError as exc:
                wrong.append(FieldError(name, str(exc)))
        if wrong:
            raise Invalid(*wrong)
        return cls(**values)


def _chosen(value: Any, choices: Sequence[str]) -> Any:
    if choices and value not in choices:
        raise ValueError(f"{value!r} is not one of {', '.join(choices)}")
    return value


def _parse(kind: type, text: str) -> Any:
    if kind is bool:
        try:
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[text.lower()]
        except KeyError:
            raise ValueError(f"{text!r} is neither true nor false") from None
    try:
        return kind(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a number") from None
