"""MemSync: what people say of themselves in conversations, by part of life, and who they are."""

from app.rest.dialects.memsync.speech import MEMSYNC

__all__ = ["MEMSYNC"]
