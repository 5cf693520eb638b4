// npm graphql-sse, distinct connections: every operation is a stream of events over HTTP.

import { createClient } from 'graphql-sse';

import { bearer, graphql } from '../server.js';
import { story } from '../story.js';

story({ name: 'graphql-sse', connect, refused: /401/ });

function connect(key) {
  const client = createClient({ url: graphql, headers: bearer(key), retryAttempts: 0 });
  const watch = (query, variables) => client.iterate({ query, variables });
  return {
    ask: async (query, variables) => (await watch(query, variables).next()).value,
    watch,
    close: () => client.dispose(),
  };
}
