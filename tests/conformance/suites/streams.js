// Answers in many pieces over HTTP, byte by byte, and what is left of them when a client goes.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { documents } from '../documents.js';
import { ask, bearer, goodKey, graphql } from '../server.js';
import { greeted } from '../socket.js';

const PATIENCE = { timeout: 30_000 };
const EVENTS = 'text/event-stream';
const MULTIPART = 'multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json';

async function stream(accept, query, variables, { key = goodKey } = {}) {
  const leaving = new AbortController();
  const response = await fetch(graphql, {
    method: 'POST',
    headers: { ...bearer(key), 'Content-Type': 'application/json', Accept: accept },
    body: JSON.stringify({ query, variables }),
    signal: leaving.signal,
  });
  return { response, leave: () => leaving.abort() };
}

async function endedJob() {
  const messages = [{ text: 'Ingrid Solberg moved to Bergen in May.' }];
  const { job } = (await ask(documents.AddConversation, { input: { session: randomUUID(), messages } })).addConversation;
  const { response } = await stream(EVENTS, documents.JobStatus, { id: job.id });
  await response.text();
  return job.id;
}

async function gauge(name) {
  const response = await fetch(new URL('/metrics', graphql), { headers: bearer(goodKey) });
  const [, value] = (await response.text()).match(new RegExp(`^${name} (\\S+)$`, 'm'));
  return Number(value);
}

async function until(expected, name) {
  while ((await gauge(name)) !== expected) await sleep(50);
}

describe('server-sent events', PATIENCE, () => {
  test('each result is an event next, and the end is an event complete', async () => {
    const { response } = await stream(EVENTS, documents.JobStatus, { id: await endedJob() });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type').split(';')[0], EVENTS);
    const events = (await response.text()).split('\n\n').filter((event) => event && !event.startsWith(':'));
    assert.equal(events.length, 2);
    assert.match(events[0], /^event: next\ndata: \{"data":\{"jobStatus":.*"COMPLETED".*\}$/);
    assert.match(events[1], /^event: complete\ndata:/);
  });

  test('a query is a stream of one', async () => {
    const { response } = await stream(EVENTS, documents.Viewer, {});
    assert.deepEqual((await response.text()).match(/^event: \w+$/gm), ['event: next', 'event: complete']);
  });

  test('revoking the key ends the stream and says why', async () => {
    const { secret, apiKey } = (await ask(documents.CreateReader)).createApiKey;
    const { response } = await stream(EVENTS, documents.MemoryEvents, {}, { key: secret });
    await ask(documents.RevokeKey, { id: apiKey.id });
    const events = await response.text();
    assert.match(events, /"code":"unauthenticated"/);
    assert.match(events, /event: complete\ndata:\n\n$/);
  });
});

describe('multipart', PATIENCE, () => {
  test('each result is a part with a payload, and the last boundary closes it', async () => {
    const { response } = await stream(MULTIPART, documents.JobStatus, { id: await endedJob() });
    assert.match(response.headers.get('content-type'), /^multipart\/mixed;\s*boundary="?graphql"?/);
    const parts = (await response.text()).split('--graphql');
    assert.deepEqual([parts.length, parts[0], parts[2]], [3, '', '--\r\n']);
    const [head, body] = parts[1].trim().split('\r\n\r\n');
    assert.match(head, /^content-type: application\/json/i);
    assert.equal(JSON.parse(body).payload.data.jobStatus.job.state, 'COMPLETED');
  });

  test('JSON is preferred for what has one answer', async () => {
    const { response } = await stream(MULTIPART, documents.Viewer, {});
    assert.match(response.headers.get('content-type'), /^application\/json/);
  });
});

describe('a client that goes', PATIENCE, () => {
  test('leaves no subscription behind over HTTP', async () => {
    await until(0, 'mnemograph_open_subscriptions');
    const events = await stream(EVENTS, documents.MemoryEvents, {});
    const parts = await stream(MULTIPART, documents.GraphChanges, {});
    await until(2, 'mnemograph_open_subscriptions');
    events.leave();
    parts.leave();
    await until(0, 'mnemograph_open_subscriptions');
  });

  test('leaves neither subscription nor socket behind over WebSocket', async () => {
    await until(0, 'mnemograph_open_sockets');
    const socket = await greeted();
    socket.send({ id: 'one', type: 'subscribe', payload: { query: documents.Jobs } });
    socket.send({ id: 'two', type: 'subscribe', payload: { query: documents.MemoryEvents } });
    await until(2, 'mnemograph_open_subscriptions');
    socket.send({ id: 'one', type: 'complete' });
    await until(1, 'mnemograph_open_subscriptions');
    await socket.close();
    await until(0, 'mnemograph_open_subscriptions');
    await until(0, 'mnemograph_open_sockets');
  });
});
