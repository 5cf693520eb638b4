// The server under test, as `run` has started it.

const { GRAPHQL, WEBSOCKET, KEY } = process.env;
if (!GRAPHQL || !WEBSOCKET || !KEY) throw new Error('GRAPHQL, WEBSOCKET and KEY are set by tests/conformance/run');

export const graphql = GRAPHQL;
export const websocket = WEBSOCKET;
export const goodKey = KEY;
export const badKey = 'mng_0000000000000000000000000_wrong';

export const bearer = (key) => ({ Authorization: `Bearer ${key}` });

/** The data of an operation over plain fetch, for what a test sets up beside the client it is about. */
export async function ask(query, variables = {}) {
  const response = await fetch(graphql, {
    method: 'POST',
    headers: { ...bearer(goodKey), 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(`${response.status}: ${JSON.stringify(errors)}`);
  return data;
}
