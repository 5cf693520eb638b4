// npm graphql-ws: everything over one socket.

import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

import { bearer, websocket } from '../server.js';
import { story } from '../story.js';

story({ name: 'graphql-ws, key in the payload', connect: (key) => connect({ connectionParams: bearer(key) }), refused: /^4401|^4403/ });

function connect(options) {
  const client = createClient({ url: websocket, webSocketImpl: WebSocket, retryAttempts: 0, lazyCloseTimeout: 5_000, ...options });
  const watch = (query, variables) => client.iterate({ query, variables });
  return { ask: async (query, variables) => (await watch(query, variables).next()).value, watch, close: () => client.dispose() };
}
