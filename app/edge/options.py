"""What an operator may set at the edge; the composition root fills it from the settings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeOptions:
    """`rate_limit` is requests a minute and key (0: none), `body_limit` bytes, `request_timeout` seconds."""

    version: str = "0.0.0"
    rate_limit: int = 6000
    body_limit: int = 8 * 1024 * 1024
    request_timeout: float = 30.0
    cors_origins: tuple[str, ...] = ()
    introspection: bool = True
    graphiql: bool = True
    public_metrics: bool = False
    max_subscriptions: int = 100
    message_limit: int = 1024 * 1024


def origins_of(setting: str) -> tuple[str, ...]:
    """A list separated by commas."""
    return tuple(origin for part in setting.split(",") if (origin := part.strip()))
