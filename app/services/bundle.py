"""All use cases of one application."""

from dataclasses import dataclass

from app.ports.store import Store
from app.ports.telemetry import SILENCE, Telemetry
from app.services.accounts import Accounts
from app.services.biographies import Biographies
from app.services.chronicle import Chronicle
from app.services.clusters import Clusters
from app.services.compose import Compose
from app.services.curate import Curate
from app.services.deciding import Deciding
from app.services.distil import Distil
from app.services.explore import Explore
from app.services.forget import Forget
from app.services.keypaths import Keypaths
from app.services.live import Live
from app.services.merging import Merging
from app.services.past import Past
from app.services.profiles import Profiles
from app.services.recall import Recall
from app.services.remember import Remember
from app.services.summarize import Summarize
from app.services.teams import Teams
from app.services.understand import Understand
from app.services.vocabulary import Vocabularies
from app.services.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What an edge may call. `store` is for loaders, which batch reads by id and tell `telemetry` of it."""

    remember: Remember
    recall: Recall
    compose: Compose
    curate: Curate
    deciding: Deciding
    distil: Distil
    forget: Forget
    merging: Merging
    explore: Explore
    keypaths: Keypaths
    past: Past
    chronicle: Chronicle
    clusters: Clusters
    summarize: Summarize
    understand: Understand
    profiles: Profiles
    biographies: Biographies
    vocabularies: Vocabularies
    accounts: Accounts
    work: Work
    live: Live
    teams: Teams
    store: Store
    telemetry: Telemetry = SILENCE
