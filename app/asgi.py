"""For ASGI servers: `uvicorn app.asgi:app`."""

from app.serving import app_of
from app.settings import Settings

app = app_of(Settings.from_env())
