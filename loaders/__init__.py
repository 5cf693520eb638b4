"""Batched reads of one operation: one principal, one set of loaders, thrown away with it."""
