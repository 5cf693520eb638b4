"""What a language model read in a text, laid over what the rules found there: it sharpens, and takes nothing away."""

from collections.abc import Iterator
from dataclasses import replace

from app.domain.text import folded
from app.extraction.findings import Finding, FoundEntity, FoundFact, FoundRelation
from app.ports.models import Account

_SALIENCE = 0.5


def sharpened(finding: Finding, account: Account) -> Finding:
    """Kind, type and facts as the model has them; names and relations of both, the model's where they differ.

    A name that the project's vocabulary teaches stays what it is taught to be.
    """
    entities = _entities(finding, account)
    relations = {(one.source, one.type, one.target): one for one in finding.relations}
    for tie in account.ties:
        relation = FoundRelation(source=tie.source, type=tie.type, target=tie.target, since=tie.since)
        relations[relation.source, relation.type, relation.target] = relation
    return replace(
        finding,
        kind=account.kind,
        type=account.type,
        entities=entities,
        relations=tuple(relations.values()),
        facts=_facts(account) or finding.facts,
    )


def _entities(finding: Finding, account: Account) -> tuple[FoundEntity, ...]:
    taught = [one for one in finding.entities if one.is_taught]
    salience = {folded(one.name): one.salience for one in finding.entities}
    read = [one for one in _read(account, salience) if not _meets(one, taught)]
    left = [one for one in finding.entities if one.is_taught or not _meets(one, read)]
    return tuple(sorted([*left, *read], key=lambda one: (one.start, one.end)))


def _read(account: Account, salience: dict[str, float]) -> Iterator[FoundEntity]:
    for name in account.names:
        for start, end in name.spans:
            weight = salience.get(folded(name.name), _SALIENCE)
            yield FoundEntity(name=name.name, type=name.type, start=start, end=end, salience=weight)


def _meets(one: FoundEntity, others: list[FoundEntity]) -> bool:
    return any(one.start < other.end and other.start < one.end for other in others)


def _facts(account: Account) -> tuple[FoundFact, ...]:
    return tuple(
        FoundFact(
            statement=fact.statement,
            kind=fact.kind,
            type=fact.type,
            start=fact.start,
            end=fact.end,
            entities=fact.names,
            occurred=fact.occurred,
            valid_from=fact.valid_from,
        )
        for fact in account.facts
    )
