"""What `doctor` says of the servers of an installation, whether they answer or not."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from app.commands.finding import Finding, Level
from app.domain.troubles import ServerName, Trouble
from app.ports.indexing import Backlog
from app.ports.servers import ServerFacts
from app.startup import Seen, check

_LONG = timedelta(minutes=5)


def findings(
    found: Sequence[Seen], *, passwords: Mapping[ServerName, str], insecure_allowed: bool
) -> Iterator[Finding]:
    """What each server says of itself, then what is wrong with it."""
    for seen in found:
        if seen.facts is not None:
            yield _facts(seen, seen.facts)
        for trouble in check(seen, password=passwords[seen.name], insecure_allowed=insecure_allowed):
            yield _trouble(seen.name, trouble)
        if seen.facts is not None and seen.facts.backlog is not None:
            yield _backlog(seen.facts.backlog, now=seen.facts.time or seen.at)


def _facts(seen: Seen, facts: ServerFacts) -> Finding:
    said = [f"{facts.version} at {seen.address}", f"answers in {seen.seconds * 1_000:.0f} ms"]
    if facts.time is not None:
        said.append(f"clock {(facts.time - seen.at).total_seconds():+.1f} s")
    said += [f"{name} {value}" for name, value in facts.shown.items()]
    return Finding(Level.OK, seen.name.lower(), ", ".join(said))


def _trouble(server: ServerName, trouble: Trouble) -> Finding:
    return Finding(Level.FAIL if trouble.stops else Level.WARN, server.lower(), trouble.what, trouble.advice)


def _backlog(backlog: Backlog, *, now: datetime) -> Finding:
    waited = max(now - backlog.oldest, timedelta()) if backlog.oldest else timedelta()
    said = f"{backlog.waiting:,} memories wait for the index"
    if backlog.waiting:
        said += f", the oldest for {waited.total_seconds():,.0f} s"
    if backlog.dead:
        refused = f"{said}; {backlog.dead:,} were refused for good"
        return Finding(Level.FAIL, "index", refused, "the worker's log says why; then run `mnemograph reindex`")
    if waited > _LONG:
        return Finding(Level.WARN, "index", said, "see that a worker runs and that Weaviate takes writes")
    return Finding(Level.OK, "index", said)
