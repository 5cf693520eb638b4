"""MemorySync: memories of end users, with whole numbers for ids; transcripts and state beside them."""

from app.rest.dialects.memorysync.speech import MEMORYSYNC

__all__ = ["MEMORYSYNC"]
