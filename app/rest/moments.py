"""Times as the dialects write them."""

from datetime import UTC, datetime


def seconds_z(at: datetime) -> str:
    """`2026-03-20T10:00:15Z`"""
    return _utc(at).isoformat(timespec="seconds").replace("+00:00", "Z")


def millis_z(at: datetime) -> str:
    """`2026-01-15T10:30:00.000Z`"""
    return _utc(at).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def micros_z(at: datetime) -> str:
    """`2026-01-15T10:30:00.000000Z`"""
    return _utc(at).isoformat(timespec="microseconds").replace("+00:00", "Z")


def micros_offset(at: datetime) -> str:
    """`2026-05-05T14:22:00.000000+00:00`"""
    return _utc(at).isoformat(timespec="microseconds")


def _utc(at: datetime) -> datetime:
    """Ours are in UTC already."""
    return at if at.tzinfo is UTC else at.astimezone(UTC)
