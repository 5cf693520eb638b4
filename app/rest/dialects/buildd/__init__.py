"""Buildd Memory: a team's notes about its code, by type, project and file."""
