"""Traces and metrics for a collector of the operator's. Off unless an address is set; then the SDK is not even imported."""

from contextlib import AbstractAsyncContextManager, nullcontext

from app.metrics import Readings
from app.ports.telemetry import SILENCE, Telemetry


def opened(
    *, endpoint: str, service: str, version: str, sample: float, readings: Readings
) -> AbstractAsyncContextManager[Telemetry]:
    """What to tell of this program's work; nobody is told while `endpoint` is empty."""
    if not endpoint:
        return nullcontext(SILENCE)
    from app.telemetry.collector import open_collector  # noqa: PLC0415 - a fifth of a second that the default saves

    return open_collector(endpoint=endpoint, service=service, version=version, sample=sample, readings=readings)
