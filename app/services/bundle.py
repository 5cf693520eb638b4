"""All use cases of one application."""

from dataclasses import dataclass

from app.ports.store import Store
from app.ports.telemetry import SILENCE, Telemetry
from app.services.accounts import Accounts
from app.services.compose import Compose
from app.services.curate import Curate
from app.services.explore import Explore
from app.services.exports import Exports
from app.services.forget import Forget
from app.services.ingest import Ingest
from app.services.knowledge import Knowledge
from app.services.live import Live
from app.services.network import Network
from app.services.profiles import Profiles
from app.services.recall import Recall
from app.services.remember import Remember
from app.services.teams import Teams
from app.services.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What an edge may call. `store` is for loaders, which batch reads by id and tell `telemetry` of it."""

    remember: Remember
    recall: Recall
    compose: Compose
    curate: Curate
    forget: Forget
    explore: Explore
    network: Network
    knowledge: Knowledge
    exports: Exports
    ingest: Ingest
    profiles: Profiles
    accounts: Accounts
    work: Work
    live: Live
    teams: Teams
    store: Store
    telemetry: Telemetry = SILENCE
