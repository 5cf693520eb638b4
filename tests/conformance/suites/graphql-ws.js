// npm graphql-ws: everything over one socket.

import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

import { bearer, websocket } from '../server.js';
import { story } from '../story.js';

story({
  name: 'graphql-ws, key in the payload',
  connect: (key) => connect({ connectionParams: bearer(key) }),
  refused: /^4403/,
});

function connect(options) {
  const client = createClient({
    url: websocket,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    lazyCloseTimeout: 5_000,
    ...options,
  });
  const watch = (query, variables) => reported(client.iterate({ query, variables }));
  return {
    ask: async (query, variables) => (await watch(query, variables).next()).value,
    watch,
    close: () => client.dispose(),
  };
}

/** The errors of an operation that was refused come as a result: the client throws the bare list. */
async function* reported(results) {
  try {
    yield* results;
  } catch (errors) {
    if (!Array.isArray(errors)) throw errors;
    yield { errors };
  }
}
