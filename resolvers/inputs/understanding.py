"""What is to be understood anew."""

import strawberry

from resolvers.inputs.reading import optional


@strawberry.input(name="RefreshClustersInput", description="Whose clusters to re-balance.")
class RefreshClustersInput:
    project: str | None = optional("A project, by id or slug; the only one the key opens, else default.")
    user: str | None = optional(
        "This end user's, by the caller's own id or ours; of what is about nobody in particular when left out."
    )
