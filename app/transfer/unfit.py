"""The one way in which a field's value fails."""


class Unfit(ValueError):
    """A value that its field cannot take; the message says why."""
