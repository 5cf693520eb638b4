"""A small invented data set: five weeks of a team that builds a ferry-ticket app, and its assistant."""

from pathlib import Path

CONVERSATIONS = Path(__file__).with_name("conversations.json")
USER = "nordlys"
