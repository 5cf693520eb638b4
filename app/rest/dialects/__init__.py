"""The dialects: each reads what its clients send, calls a service, and writes what they expect. No rule lives here."""

from collections.abc import Mapping

from app.domain.keys import Dialect
from app.rest.dialects.buildd.speech import BUILDD
from app.rest.dialects.memorysync import MEMORYSYNC
from app.rest.dialects.memsolus import MEMSOLUS
from app.rest.dialects.memstate.speech import MEMSTATE
from app.rest.dialects.memsync import MEMSYNC
from app.rest.speech import Speech

SPEECHES: Mapping[Dialect, Speech] = {
    speech.dialect: speech for speech in (BUILDD, MEMORYSYNC, MEMSOLUS, MEMSTATE, MEMSYNC)
}
