"""Settings: the only reader of the environment. Each field is documented once, here; README's tables are held to it."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from app.domain.errors import FieldError, Invalid
from app.domain.troubles import ServerName

PREFIX = "MNEMOGRAPH_"
FILE = "_FILE"
GRPC_PORT = 50051
_LOOPBACK = ("127.0.0.1", "::1", "localhost")

_COLLECTION = re.compile("[A-Z][A-Za-z0-9_]{0,63}")


def _setting(default: Any, doc: str, *choices: str, schemes: Sequence[str] = ()) -> Any:
    """`schemes`: what the value, an address, may begin with."""
    return field(default=default, metadata={"doc": doc, "choices": choices, "schemes": schemes})


def _secret(doc: str, *, schemes: Sequence[str] = ()) -> Any:
    """Empty unless it is given, itself or as a file that holds it; never shown."""
    return field(default="", repr=False, metadata={"doc": doc, "choices": (), "schemes": schemes})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`MNEMOGRAPH_<FIELD>` in capitals sets a field; `MNEMOGRAPH_<FIELD>_FILE` names the file of a secret."""

    host: str = _setting("127.0.0.1", "address to listen on")
    port: int = _setting(8000, "port to listen on; 0 takes a free one")
    data: Path = _setting(Path("data"), "folder of the SQLite file and the built model")
    log_level: str = _setting("info", "debug, info, warning or error", "debug", "info", "warning", "error")
    log_format: str = _setting("auto", "json, console, or auto: console on a terminal", "json", "console", "auto")
    embedder: str = _setting(
        "auto", "auto, onnx, numpy, or endpoint (any OpenAI-compatible one)", "auto", "onnx", "numpy", "endpoint"
    )
    embedding_url: str = _setting("", "endpoint: base URL, up to and without /embeddings")
    embedding_key: str = _secret("endpoint: API key; secret")
    embedding_model: str = _setting("", "endpoint: model name")
    embedding_dimension: int = _setting(0, "endpoint: dimension of its vectors")
    token_vectors: bool = _setting(default=True, doc="whether searches compare token by token (about 2 kB a memory)")
    llm_url: str = _setting(
        "",
        "base URL of an OpenAI-compatible language model, up to and without /chat/completions; empty: rules alone",
        schemes=("http", "https"),
    )
    llm_key: str = _secret("its API key; secret")
    llm_model: str = _setting("", "its name there")
    llm_timeout: float = _setting(20.0, "seconds it has for one text, tries included; at most half of the job lease")
    llm_job_calls: int = _setting(1_000, "requests to it that one job may send; 0 for no limit")
    llm_job_tokens: int = _setting(2_000_000, "tokens that one job may take, both ways; 0 for no limit")
    llm_day_calls: int = _setting(10_000, "requests to it a day (UTC) and organization; 0 for no limit")
    llm_day_tokens: int = _setting(10_000_000, "tokens a day (UTC) and organization; 0 for no limit")
    spacy_model: str = _setting("", "name of an installed trained spaCy pipeline; empty: en_core_web_sm if installed")
    job_workers: int = _setting(2, "jobs that run at once in this process")
    job_lease: float = _setting(60.0, "seconds until a silent worker's job is taken over")
    task_hours: float = _setting(24.0, "hours that working memory (layer TASK) stays when nobody says")
    index_lease: float = _setting(120.0, "seconds until what a silent worker was indexing is taken over")
    rate_limit: int = _setting(6000, "requests a minute and key; 0 for no limit")
    body_limit: int = _setting(8 * 1024 * 1024, "largest request body in bytes")
    request_timeout: float = _setting(30.0, "seconds a GraphQL operation may take")
    cors_origins: str = _setting("", "origins that browsers may call from, separated by commas")
    introspection: bool = _setting(default=True, doc="whether clients may read the schema")
    graphiql: bool = _setting(default=True, doc="whether GET /graphql shows a console to a browser")
    public_metrics: bool = _setting(default=False, doc="whether /metrics answers without a key")
    webhooks_private: bool = _setting(
        default=False, doc="whether webhooks may use plain http and private addresses: for a test bench"
    )
    teams: str = _setting(
        "auto",
        "whether anybody may open an organization (POST /api/quickstart): on, off, or auto: on loopback only",
        "auto",
        "on",
        "off",
    )
    max_subscriptions: int = _setting(100, "live operations on one socket")

    store: str = _setting("sqlite", "sqlite: one file; neo4j: Neo4j, Weaviate and Redis", "sqlite", "neo4j")
    neo4j_url: str = _setting(
        "bolt://127.0.0.1:7687",
        "address of Neo4j: bolt, bolt+s, neo4j or neo4j+s",
        schemes=("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc"),
    )
    neo4j_user: str = _setting("neo4j", "its user")
    neo4j_password: str = _secret("its password; secret")
    neo4j_database: str = _setting("neo4j", "its database")
    weaviate_url: str = _setting("http://127.0.0.1:8080", "address of Weaviate", schemes=("http", "https"))
    weaviate_grpc: str = _setting("", "host:port of its gRPC; empty: the same host, port 50051")
    weaviate_key: str = _secret("its API key; secret")
    weaviate_prefix: str = _setting("Memory", "what the names of its collections begin with")
    redis_url: str = _secret(
        "address of Redis with its password, redis://:password@host:6379/0; secret",
        schemes=("redis", "rediss", "unix"),
    )
    redis_prefix: str = _setting("mnemograph", "what its keys begin with")
    allow_insecure_stores: bool = _setting(
        default=False, doc="whether to start on servers with empty or default passwords"
    )

    otel_endpoint: str = _setting(
        "", "base URL of an OpenTelemetry collector (OTLP over HTTP); empty: nothing is sent", schemes=("http", "https")
    )
    otel_service: str = _setting("mnemograph", "name under which this process reports")
    otel_sample: float = _setting(1.0, "share of the traces that are sent, 0 to 1")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Raises Invalid naming every variable whose value does not fit or is missing."""
        given = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        wrong: list[FieldError] = []
        for setting in fields(cls):
            name = PREFIX + setting.name.upper()
            try:
                text = _given(setting, name, given)
                if text is not None:
                    values[setting.name] = _fitting(setting, _parse(type(setting.default), text))
            except ValueError as exc:
                wrong.append(FieldError(name, str(exc)))
        settings = cls(**values)
        named = {problem.field for problem in wrong}
        wrong += [problem for problem in settings._missing() if problem.field not in named]
        if wrong:
            raise Invalid(*wrong)
        return settings

    @property
    def teams_opened(self) -> bool:
        return self.teams == "on" or (self.teams == "auto" and self.host in _LOOPBACK)

    @property
    def weaviate_grpc_address(self) -> tuple[str, int]:
        """Host and port."""
        host, _, port = self.weaviate_grpc.rpartition(":")
        if host:
            return host, int(port)
        return urlsplit(self.weaviate_url).hostname or "127.0.0.1", GRPC_PORT

    @property
    def passwords(self) -> Mapping[ServerName, str]:
        """What lets us in at each server; empty where nothing is asked."""
        redis = urlsplit(self.redis_url)
        given = unquote(redis.password) if redis.password else "".join(parse_qs(redis.query).get("password", []))
        return {
            ServerName.NEO4J: self.neo4j_password,
            ServerName.WEAVIATE: self.weaviate_key,
            ServerName.REDIS: given,
        }

    def _missing(self) -> Iterator[FieldError]:
        """What the chosen store and the language model cannot do without."""
        yield from self._missing_of_model()
        if self.store != "neo4j":
            return
        needed = ["neo4j_url", "neo4j_user", "neo4j_database", "weaviate_url", "redis_url"]
        if not self.allow_insecure_stores:
            needed += ["neo4j_password", "weaviate_key"]
        for name in needed:
            if not getattr(self, name):
                variable = PREFIX + name.upper()
                file = f" (or {variable}{FILE}, a file that holds it)" if name in secrets() else ""
                yield FieldError(variable, f"is needed with {PREFIX}STORE=neo4j{file}", "required")

    def _missing_of_model(self) -> Iterator[FieldError]:
        if self.llm_url and not self.llm_model:
            yield FieldError(f"{PREFIX}LLM_MODEL", f"is needed with {PREFIX}LLM_URL", "required")
        if self.llm_url and not 0 < self.llm_timeout <= self.job_lease / 2:
            message = f"{self.llm_timeout:g} is not above 0 and at most half of {PREFIX}JOB_LEASE"
            yield FieldError(f"{PREFIX}LLM_TIMEOUT", message, "out_of_range")


def secrets() -> frozenset[str]:
    """The names of the settings that are never shown."""
    return frozenset(setting.name for setting in fields(Settings) if not setting.repr)


def _given(setting: "Field[Any]", name: str, environ: Mapping[str, str]) -> str | None:
    """What the environment says, itself or through a file; None where it says nothing."""
    file = environ.get(name + FILE, "") if not setting.repr else ""
    if not file:
        return environ.get(name)
    if environ.get(name):
        raise ValueError(f"{name} and {name}{FILE} are both set; keep one of them")
    try:
        return Path(file).read_text("utf-8").strip()
    except OSError as exc:
        raise ValueError(f"{name}{FILE} names {file}, which cannot be read: {exc.strerror}") from exc
    except UnicodeDecodeError:
        raise ValueError(f"{name}{FILE} names {file}, which is not UTF-8 text") from None


def _fitting(setting: "Field[Any]", value: Any) -> Any:
    if (choices := setting.metadata["choices"]) and value not in choices:
        raise ValueError(f"{value!r} is not one of {', '.join(choices)}")
    if value and (schemes := setting.metadata["schemes"]):
        _demand_address(setting, value, schemes)
    if setting.name == "otel_sample" and not 0 <= value <= 1:
        raise ValueError(f"{value} is not within 0 and 1")
    if setting.name == "weaviate_prefix" and not _COLLECTION.fullmatch(value):
        raise ValueError(f"{value!r} does not begin with a capital and go on with letters, digits or _")
    if setting.name == "weaviate_grpc" and value and not _host_and_port(value):
        raise ValueError(f"{value!r} is not host:port")
    return value


def _demand_address(setting: "Field[Any]", value: str, schemes: Sequence[str]) -> None:
    """Never quotes the value, which may hold a password."""
    try:
        parts = urlsplit(value)
        there = parts.port is None or parts.port > 0
    except ValueError:
        there = False
    if not there or parts.scheme not in schemes or not (parts.hostname or parts.scheme == "unix"):
        raise ValueError(f"is not an address that begins with {', '.join(f'{scheme}://' for scheme in schemes)}")
    if setting.repr and "@" in parts.netloc:
        raise ValueError("must not hold a password: an address is shown in logs; there is a setting of its own for it")


def _host_and_port(value: str) -> bool:
    host, _, port = value.rpartition(":")
    return bool(host) and port.isascii() and port.isdigit() and 0 < int(port) < 65_536


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
