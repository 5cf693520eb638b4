// What the language model has cost, a day (in UTC, as 2026-11-21) of an organization at a time.
CREATE CONSTRAINT spending_day IF NOT EXISTS FOR (n:Spending) REQUIRE (n.tenant, n.day) IS UNIQUE;
