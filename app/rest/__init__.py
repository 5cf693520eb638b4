"""REST for clients of other services: five dialects over the same services as GraphQL."""
