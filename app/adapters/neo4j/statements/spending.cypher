// spending_on //
MATCH (s:Spending {tenant: $tenant, day: $day})
RETURN s.calls AS calls, s.tokens AS tokens

// spending_add //
MERGE (s:Spending {tenant: $tenant, day: $day})
SET s.calls = coalesce(s.calls, 0) + $calls, s.tokens = coalesce(s.tokens, 0) + $tokens
