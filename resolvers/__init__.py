"""The GraphQL schema. Its types describe; the values behind them are the domain's own."""
