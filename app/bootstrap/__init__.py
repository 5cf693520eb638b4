"""The composition root: settings become adapters, adapters become services. It owns shutting down."""

from app.bootstrap.application import Application, Hooks, build
from app.bootstrap.embedded import STORE_FILE

__all__ = ["STORE_FILE", "Application", "Hooks", "build"]
