"""For ASGI servers: `uvicorn app.asgi:app`."""

from app.settings import Settings
from app.web import create_app

app = create_app(Settings.from_env())
