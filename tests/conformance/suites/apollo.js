// Apollo Client: queries and mutations over HTTP; subscriptions over graphql-ws, and over multipart HTTP.

import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from '@apollo/client/core';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

import { bearer, graphql, websocket } from '../server.js';
import { story } from '../story.js';
import { stream } from '../stream.js';

globalThis.WebSocket ??= WebSocket; // GraphQLWsLink looks for it, as in a browser

story({ name: 'Apollo Client, GraphQLWsLink', connect: overWebSocket, refused: /401|unauthenticated|4403/ });
story({ name: 'Apollo Client, multipart over HTTP', connect: overHttp, refused: /401|unauthenticated/ });

function overWebSocket(key) {
  const socket = createClient({
    url: websocket,
    webSocketImpl: WebSocket,
    connectionParams: bearer(key),
    retryAttempts: 0,
    lazyCloseTimeout: 5_000,
  });
  const link = ApolloLink.split(
    ({ operationType }) => operationType === 'subscription',
    new GraphQLWsLink(socket),
    new HttpLink({ uri: graphql, headers: bearer(key) }),
  );
  return connect(link, () => socket.dispose());
}

function overHttp(key) {
  return connect(new HttpLink({ uri: graphql, headers: bearer(key) }), () => {});
}

function connect(link, close) {
  const client = new ApolloClient({
    link,
    cache: new InMemoryCache(),
    defaultOptions: { query: { errorPolicy: 'all', fetchPolicy: 'no-cache' }, mutate: { errorPolicy: 'all', fetchPolicy: 'no-cache' } },
  });
  return {
    ask: async (text, variables) => {
      const document = gql(text);
      const [{ operation }] = document.definitions;
      if (operation === 'mutation') return answer(await client.mutate({ mutation: document, variables }));
      return answer(await client.query({ query: document, variables }));
    },
    watch: (text, variables) =>
      stream((observer) => {
        const updates = client.subscribe({ query: gql(text), variables, errorPolicy: 'all', fetchPolicy: 'no-cache' });
        const subscription = updates.subscribe({
          ...observer,
          next: (result) => {
            try {
              observer.next(answer(result));
            } catch (error) {
              observer.error(error);
            }
          },
        });
        return () => subscription.unsubscribe();
      }),
    close: () => {
      client.stop();
      close();
    },
  };
}

function answer({ data, error }) {
  if (!error) return { data };
  if (CombinedGraphQLErrors.is(error)) return { data, errors: error.errors };
  throw error;
}
