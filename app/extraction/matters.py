"""Whether two clauses speak of the same matter: of the same subject, or of one that the other names, and a common topic."""

import re
from dataclasses import dataclass

from app.extraction import lexicon
from app.extraction.clauses import Clause, subject_of
from app.extraction.parties import Party, party
from app.extraction.stems import stem
from app.extraction.values import value_stems

FAMILIES = tuple(
    lexicon.listed(names)
    for names in (
        "postgres postgresql mysql mariadb oracle sqlite mssql cockroachdb mongodb dynamodb cassandra",
        "redis memcached valkey",
        "kafka rabbitmq nats sqs pulsar activemq",
        "aws gcp azure heroku hetzner digitalocean fly.io",
        "pip poetry uv pipenv conda",
        "npm yarn pnpm bun",
        "vim neovim emacs vscode pycharm intellij",
        "jira linear trello asana",
        "slack teams discord zulip mattermost",
        "github gitlab bitbucket gitea",
        "jenkins circleci travis",
        "rest graphql grpc",
        "react vue angular svelte",
        "django flask fastapi",
        "tabs spaces",
        "docker podman",
        "windows macos linux",
        "iphone android",
        "xml json csv yaml",
    )
)
"""Names of tools that take each other's place."""
_TOPICS = tuple(
    frozenset(map(stem, words.split()))
    for words in (
        "live lives move moved moving relocate reside flat apartment house home settle",
        "work works job interview employer hire hired boss career promoted promotion company salary quit resign",
        "vegan vegetarian meat eat eats food cook diet",
        "single married engaged dating divorce wedding partner",
        "car bike motorcycle scooter van truck",
        "smoke cigarette cigarettes vape",
        "drink drinks wine beer alcohol sober",
        "run runs running jog marathon gym exercise workout training",
    )
)


@dataclass(frozen=True, slots=True)
class Told:
    """A clause with whom it speaks of and what it says of them."""

    subjects: tuple[Party, ...]
    rest: frozenset[str]

    def names(self, other: "Told") -> bool:
        """Whether it speaks of the other's subject in what it says of its own."""
        return any((party.stems | value_stems(party.owner)) & self.rest for party in other.subjects)


def told(clause: Clause, speaker: str | None) -> Told:
    """What stands behind the subject counts, with the speaker where it says "I" or "my"."""
    subject = subject_of(clause)
    behind = clause.text.removeprefix(subject)
    rest = value_stems(behind)
    if re.search(r"\b(?:i|we|my|our|me|us)\b", behind):
        rest |= {(speaker or "i").casefold()}
    return Told(tuple(party(words, speaker) for words in subject.split(" and ")), rest)


def is_apart(mine: Told, other: Told) -> bool:
    """Two subjects, neither of which the other speaks of. A name and a description may be of one."""
    pairs = [(a, b) for a in mine.subjects for b in other.subjects]
    if any(_is_alike(a, b) or (a.is_named is not b.is_named and not a.owner and not b.owner) for a, b in pairs):
        return False
    return not (mine.names(other) or other.names(mine))


def is_one_matter(mine: Told, other: Told) -> bool:
    """A subject that the other speaks of, or the same subject with a topic in common; a thing is a topic by itself."""
    if any(_is_alike(a, b) and not a.is_named for a in mine.subjects for b in other.subjects):
        return True
    if mine.rest & other.rest or mine.names(other) or other.names(mine):
        return True
    return any(mine.rest & topic and other.rest & topic for topic in (*_TOPICS, *_FAMILY_STEMS))


_FAMILY_STEMS = tuple(frozenset(map(stem, family)) for family in FAMILIES)


def _is_alike(one: Party, other: Party) -> bool:
    """The same, or two of a row ("version 1.0", "version 2.0")."""
    if one.is_same(other):
        return True
    a, b = ({stem for stem in x.stems - {"we"} if not stem[0].isdigit()} for x in (one, other))
    return a == b != set() and (not one.owner or not other.owner or one.owner == other.owner)
