"""Memsolus: memories by priority and category, an entity graph, knowledge compiled of them, files in and out."""

from app.rest.dialects.memsolus.speech import MEMSOLUS

__all__ = ["MEMSOLUS"]
