"""Accounts and people as flat rows and back."""

from app.adapters.records.values import (
    Row,
    Value,
    dumped,
    mapping,
    micros,
    micros_or_none,
    moment,
    moment_or_none,
    strings,
)
from app.domain.account import ApiKey, Member, Organization, Project, Role
from app.domain.graph import EntityType
from app.domain.ids import ProjectId
from app.domain.people import Agent, Session, Source, SourceKind, User
from app.domain.principal import Scope
from app.domain.text import folded
from app.domain.vocabulary import VocabularyTerm


def term_of(row: Row) -> VocabularyTerm:
    return VocabularyTerm(name=row["name"], type=EntityType(row["type"]), aliases=strings(row["aliases"]))


def term_values(term: VocabularyTerm) -> dict[str, Value]:
    return {
        "folded": folded(term.name),
        "name": term.name,
        "type": term.type,
        "aliases": dumped(term.aliases),
    }


def organization_of(row: Row) -> Organization:
    return Organization(id=row["id"], name=row["name"], created_at=moment(row["created_at"]))


def project_of(row: Row) -> Project:
    return Project(
        id=row["id"],
        slug=row["slug"],
        name=row["name"],
        description=row["description"],
        metadata=mapping(row["metadata"]),
        revision=row["revision"],
        content_types=strings(row["content_types"]),
        relation_types=strings(row["relation_types"]),
        created_at=moment(row["created_at"]),
        updated_at=moment(row["updated_at"]),
        deleted_at=moment_or_none(row["deleted_at"]),
    )


def project_values(project: Project) -> dict[str, Value]:
    return {
        "id": project.id,
        "slug": project.slug,
        "name": project.name,
        "description": project.description,
        "metadata": dumped(project.metadata),
        "revision": project.revision,
        "content_types": dumped(project.content_types),
        "relation_types": dumped(project.relation_types),
        "created_at": micros(project.created_at),
        "updated_at": micros(project.updated_at),
        "deleted_at": micros_or_none(project.deleted_at),
    }


def member_of(row: Row) -> Member:
    return Member(
        id=row["id"],
        name=row["name"],
        email=row["email"],
        role=Role(row["role"]),
        active=bool(row["active"]),
        created_at=moment(row["created_at"]),
    )


def member_values(member: Member) -> dict[str, Value]:
    return {
        "id": member.id,
        "name": member.name,
        "email": member.email,
        "role": member.role,
        "active": member.active,
        "created_at": micros(member.created_at),
    }


def key_of(row: Row) -> ApiKey:
    return ApiKey(
        id=row["id"],
        name=row["name"],
        scopes=frozenset(Scope(scope) for scope in strings(row["scopes"])),
        projects=None if row["projects"] is None else frozenset(map(ProjectId, strings(row["projects"]))),
        end_user=row["end_user"],
        member=row["member"],
        digest=row["digest"],
        last_four=row["last_four"],
        beginning=row["beginning"],
        created_at=moment(row["created_at"]),
        expires_at=moment_or_none(row["expires_at"]),
        revoked_at=moment_or_none(row["revoked_at"]),
        last_used_at=moment_or_none(row["last_used_at"]),
    )


def key_values(key: ApiKey) -> dict[str, Value]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": dumped(sorted(key.scopes)),
        "key_projects": None if key.projects is None else dumped(sorted(key.projects)),
        "key_user": key.end_user,
        "member": key.member,
        "digest": key.digest,
        "last_four": key.last_four,
        "beginning": key.beginning,
        "created_at": micros(key.created_at),
        "expires_at": micros_or_none(key.expires_at),
        "revoked_at": micros_or_none(key.revoked_at),
        "last_used_at": micros_or_none(key.last_used_at),
    }


def user_of(row: Row) -> User:
    return User(
        id=row["id"],
        project=row["project"],
        external_id=row["external_id"],
        name=row["name"],
        metadata=mapping(row["metadata"]),
        created_at=moment(row["created_at"]),
        number=row["number"],
    )


def user_values(user: User) -> dict[str, Value]:
    return {
        "id": user.id,
        "project": user.project,
        "external_id": user.external_id,
        "name": user.name,
        "metadata": dumped(user.metadata),
        "created_at": micros(user.created_at),
    }


def agent_of(row: Row) -> Agent:
    return Agent(
        id=row["id"],
        project=row["project"],
        external_id=row["external_id"],
        name=row["name"],
        created_at=moment(row["created_at"]),
    )


def agent_values(agent: Agent) -> dict[str, Value]:
    return {
        "id": agent.id,
        "project": agent.project,
        "external_id": agent.external_id,
        "name": agent.name,
        "created_at": micros(agent.created_at),
    }


def session_of(row: Row) -> Session:
    return Session(
        id=row["id"],
        project=row["project"],
        user=row["user"],
        external_id=row["external_id"],
        started_at=moment_or_none(row["started_at"]),
        created_at=moment(row["created_at"]),
    )


def session_values(session: Session) -> dict[str, Value]:
    return {
        "id": session.id,
        "project": session.project,
        "user": session.user,
        "external_id": session.external_id,
        "started_at": micros_or_none(session.started_at),
        "created_at": micros(session.created_at),
    }


def source_of(row: Row) -> Source:
    return Source(
        id=row["id"],
        project=row["project"],
        user=row["user"],
        kind=SourceKind(row["kind"]),
        uri=row["uri"],
        title=row["title"],
        created_at=moment(row["created_at"]),
    )


def source_values(source: Source) -> dict[str, Value]:
    return {
        "id": source.id,
        "project": source.project,
        "user": source.user,
        "kind": source.kind,
        "uri": source.uri,
        "title": source.title,
        "created_at": micros(source.created_at),
    }
