"""Documents are read by a program of their own, which has nothing to lose and ends when it takes too much."""

from app.adapters.papers.desk import Desk

__all__ = ["Desk"]
