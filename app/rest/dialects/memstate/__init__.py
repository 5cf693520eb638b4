"""Memstate: values at keypaths, every version of which has an id of its own."""
