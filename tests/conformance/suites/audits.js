// npm graphql-http: the audits of the GraphQL over HTTP specification, all of them.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { serverAudits } from 'graphql-http';

import { bearer, goodKey, graphql } from '../server.js';

const audits = serverAudits({
  url: graphql,
  fetchFn: (url, options = {}) => fetch(url, { ...options, headers: { ...bearer(goodKey), ...options.headers } }),
});
assert.equal(audits.length, 61);

describe('GraphQL over HTTP', () => {
  for (const { id, name, fn } of audits) {
    test(`${id} ${name}`, { timeout: 10_000 }, async () => {
      const result = await fn();
      const told = result.status === 'ok' ? '' : `${result.reason} (${result.response.status})`;
      assert.equal(result.status, 'ok', told);
    });
  }
});
