"""All use cases of one application."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.ports.store import Store
from app.ports.telemetry import SILENCE, Telemetry
from app.services.accounts import Accounts
from app.services.biographies import Biographies
from app.services.chronicle import Chronicle
from app.services.clusters import Clusters
from app.services.compose import Compose
from app.services.curate import Curate
from app.services.deciding import Deciding
from app.services.deliver import Deliver
from app.services.distil import Distil
from app.services.explore import Explore
from app.services.exports import Exports
from app.services.filing import Filing
from app.services.forget import Forget
from app.services.imports import Imports
from app.services.ingest import Ingest
from app.services.intake import Intake
from app.services.keypaths import Keypaths
from app.services.knowledge import Knowledge
from app.services.live import Live
from app.services.merging import Merging
from app.services.network import Network
from app.services.numbers import Numbers
from app.services.ontology import Ontologies
from app.services.past import Past
from app.services.profiles import Profiles
from app.services.projects import Projects
from app.services.recall import Recall
from app.services.refresh import Refresh
from app.services.remember import Remember
from app.services.routing import Routing
from app.services.scopes import Scopes
from app.services.sift import Sift
from app.services.summarize import Summarize
from app.services.teams import Teams
from app.services.transcripts import Transcripts
from app.services.trees import Trees
from app.services.turns import Turns
from app.services.understand import Understand
from app.services.values import Values
from app.services.vocabulary import Vocabularies
from app.services.webhooks import Webhooks
from app.services.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What an edge may call. `now` tells the time. `store` is for loaders, which batch reads by id and tell `telemetry` of it."""

    remember: Remember
    recall: Recall
    compose: Compose
    curate: Curate
    deciding: Deciding
    distil: Distil
    forget: Forget
    merging: Merging
    explore: Explore
    filing: Filing
    keypaths: Keypaths
    trees: Trees
    projects: Projects
    past: Past
    chronicle: Chronicle
    clusters: Clusters
    routing: Routing
    summarize: Summarize
    understand: Understand
    refresh: Refresh
    network: Network
    knowledge: Knowledge
    exports: Exports
    ingest: Ingest
    intake: Intake
    profiles: Profiles
    biographies: Biographies
    vocabularies: Vocabularies
    ontologies: Ontologies
    accounts: Accounts
    work: Work
    live: Live
    imports: Imports
    numbers: Numbers
    scopes: Scopes
    sift: Sift
    turns: Turns
    transcripts: Transcripts
    values: Values
    teams: Teams
    deliver: Deliver
    webhooks: Webhooks
    store: Store
    now: Callable[[], datetime]
    telemetry: Telemetry = SILENCE
