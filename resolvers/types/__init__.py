"""Output types. A type describes; behind it stands a value of the domain or an answer of a use case."""
