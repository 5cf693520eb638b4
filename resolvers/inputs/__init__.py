"""Input types. Each has the fields of a use case's input, under the same names."""
