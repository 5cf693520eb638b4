// urql: queries and mutations through fetchExchange; subscriptions through graphql-ws, graphql-sse and its own fetch.

import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient as createEvents } from 'graphql-sse';
import { createClient as createSocket } from 'graphql-ws';
import { onEnd, pipe, subscribe } from 'wonka';
import { WebSocket } from 'ws';

import { bearer, graphql, websocket } from '../server.js';
import { story } from '../story.js';
import { stream } from '../stream.js';

story({ name: 'urql, graphql-ws', connect: overWebSocket, refused: /401|unauthenticated|4403/i });
story({ name: 'urql, graphql-sse', connect: overEvents, refused: /401|unauthenticated/i });
story({ name: 'urql, fetchSubscriptions', connect: overFetch, refused: /401|unauthenticated/i });

function overWebSocket(key) {
  const socket = createSocket({
    url: websocket,
    webSocketImpl: WebSocket,
    connectionParams: bearer(key),
    retryAttempts: 0,
    lazyCloseTimeout: 5_000,
  });
  return connect(key, { exchanges: [fetchExchange, through(socket)] }, () => socket.dispose());
}

function overEvents(key) {
  const events = createEvents({ url: graphql, headers: bearer(key), retryAttempts: 0 });
  return connect(key, { exchanges: [fetchExchange, through(events)] }, () => events.dispose());
}

function overFetch(key) {
  return connect(key, { exchanges: [fetchExchange], fetchSubscriptions: true }, () => {});
}

function through(transport) {
  return subscriptionExchange({
    forwardSubscription: ({ query, variables }) => ({
      subscribe: (sink) => ({ unsubscribe: transport.subscribe({ query, variables }, sink) }),
    }),
  });
}

function connect(key, options, close) {
  const client = new Client({ url: graphql, fetchOptions: { headers: bearer(key) }, requestPolicy: 'network-only', ...options });
  return {
    ask: async (text, variables) => {
      const mutation = text.trimStart().startsWith('mutation');
      return answer(await (mutation ? client.mutation(text, variables) : client.query(text, variables)).toPromise());
    },
    watch: (text, variables) =>
      stream((observer) => {
        const { unsubscribe } = pipe(
          client.subscription(text, variables),
          onEnd(observer.complete),
          subscribe((result) => {
            if (!result.hasNext && !result.error) return; // the last result, repeated to say that it was the last
            try {
              observer.next(answer(result));
            } catch (error) {
              observer.error(error);
            }
          }),
        );
        return unsubscribe;
      }),
    close,
  };
}

function answer({ data, error }) {
  if (!error) return { data };
  if (error.networkError) throw error.networkError;
  return { data, errors: error.graphQLErrors };
}
