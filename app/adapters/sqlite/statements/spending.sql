-- spending_on --
SELECT s.calls, s.tokens FROM spending s WHERE s.tenant = :tenant AND s.day = :day;

-- spending_add --
INSERT INTO spending (tenant, day, calls, tokens) VALUES (:tenant, :day, :calls, :tokens)
    ON CONFLICT (tenant, day) DO UPDATE SET calls = calls + excluded.calls, tokens = tokens + excluded.tokens;
