// graphql-transport-ws by its letter: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, describe, test } from 'node:test';

import { documents, unknownField } from '../documents.js';
import { ask, badKey, bearer, goodKey } from '../server.js';
import * as sockets from '../socket.js';

const PATIENCE = { timeout: 15_000 };
const VIEWER = { query: documents.Viewer };

const opened = [];
const keep = (socket) => {
  opened.push(socket);
  return socket;
};
const open = async (options) => keep(await sockets.open(options));
const greeted = async (key) => keep(await sockets.greeted(key));

afterEach(async () => {
  await Promise.all(opened.splice(0).map((socket) => socket.close()));
});

async function codeOfClose(socket) {
  return (await socket.closed).code;
}

/** Subscribes, and waits for the state, after which every change is told. */
async function watch(socket, id, tag) {
  const variables = { filter: { events: ['CREATED'], tags: [tag] } };
  socket.send({ id, type: 'subscribe', payload: { query: documents.MemoryEvents, variables } });
  const first = await socket.next();
  assert.deepEqual([first.id, first.type, first.payload.data.memoryEvents.kind], [id, 'next', null]);
}

async function add(tag) {
  const input = { text: `A word for ${tag} at ${randomUUID()}`, mode: 'VERBATIM', tags: [tag] };
  return (await ask(documents.AddMemory, { input })).addMemory.memory.id;
}

async function stillAnswers(socket) {
  socket.send({ id: 'still', type: 'subscribe', payload: VIEWER });
  const next = await socket.next();
  assert.deepEqual([next.id, next.type], ['still', 'next']);
  assert.deepEqual(await socket.next(), { id: 'still', type: 'complete' });
}

describe('the greeting', PATIENCE, () => {
  test('a key in connection_init is acknowledged', async () => {
    const socket = await open();
    assert.equal(socket.protocol, sockets.PROTOCOL);
    socket.send({ type: 'connection_init', payload: bearer(goodKey) });
    assert.equal((await socket.next()).type, 'connection_ack');
  });

  test('apiKey in connection_init does as well', async () => {
    const socket = await open();
    socket.send({ type: 'connection_init', payload: { apiKey: goodKey } });
    assert.equal((await socket.next()).type, 'connection_ack');
  });

  test('so does a key in the headers of the upgrade', async () => {
    const socket = await open({ headers: bearer(goodKey) });
    socket.send({ type: 'connection_init' });
    assert.equal((await socket.next()).type, 'connection_ack');
    await stillAnswers(socket);
  });

  test('a bad key in the headers is refused before there is a socket', async () => {
    await assert.rejects(open({ headers: bearer(badKey) }), /401/);
  });

  test('a page of another origin is refused before there is a socket', async () => {
    await assert.rejects(open({ origin: 'https://elsewhere.example' }), /403/);
  });

  for (const payload of [bearer(badKey), {}, undefined]) {
    test(`${payload ? JSON.stringify(Object.keys(payload)) : 'no payload'} without a good key closes with 4403`, async () => {
      const socket = await open();
      socket.send({ type: 'connection_init', payload });
      assert.equal(await codeOfClose(socket), 4403);
    });
  }

  test('subscribe before it closes with 4401', async () => {
    const socket = await open();
    socket.send({ id: '1', type: 'subscribe', payload: VIEWER });
    assert.equal(await codeOfClose(socket), 4401);
  });

  test('a second one closes with 4429', async () => {
    const socket = await greeted();
    socket.send({ type: 'connection_init', payload: bearer(goodKey) });
    assert.equal(await codeOfClose(socket), 4429);
  });

  test('none at all closes with 4408', async () => {
    assert.equal(await codeOfClose(await open()), 4408);
  });

  test('no subprotocol closes with 4406', async () => {
    assert.equal(await codeOfClose(await open({ protocols: [] })), 4406);
  });

  test('the legacy subprotocol graphql-ws is not taken up', async () => {
    await assert.rejects(open({ protocols: ['graphql-ws'] }), /Server sent no subprotocol/);
  });
});

describe('messages', PATIENCE, () => {
  const invalid = {
    'not JSON': '{',
    'a number': '5',
    'a list': '[]',
    null: 'null',
    'no type': '{}',
    'an unknown type': '{"type": "start"}',
    'subscribe without an id': JSON.stringify({ type: 'subscribe', payload: VIEWER }),
    'subscribe with an empty id': JSON.stringify({ type: 'subscribe', id: '', payload: VIEWER }),
  };
  for (const [name, message] of Object.entries(invalid)) {
    test(`${name} closes with 4400`, async () => {
      const socket = await greeted();
      socket.send(message);
      assert.equal(await codeOfClose(socket), 4400);
    });
  }

  test('ping is answered with pong and its payload', async () => {
    const socket = await greeted();
    socket.send({ type: 'ping', payload: { n: 1 } });
    assert.deepEqual(await socket.next(), { type: 'pong', payload: { n: 1 } });
  });

  test('pong unasked is taken in silence', async () => {
    const socket = await greeted();
    socket.send({ type: 'pong' });
    await stillAnswers(socket);
  });

  test('complete of what is not there is taken in silence', async () => {
    const socket = await greeted();
    socket.send({ id: 'nobody', type: 'complete' });
    await stillAnswers(socket);
  });
});

describe('operations', PATIENCE, () => {
  const bad = {
    'a syntax error': { query: '{' },
    'an unknown field': { query: unknownField },
    'a missing variable': { query: documents.Memory },
    'an unknown operationName': { query: documents.Viewer, operationName: 'Nobody' },
  };
  for (const [name, payload] of Object.entries(bad)) {
    test(`${name} is an error of its own id, and the socket lives`, async () => {
      const socket = await greeted();
      socket.send({ id: 'bad', type: 'subscribe', payload });
      const { id, type, payload: errors } = await socket.next();
      assert.deepEqual([id, type], ['bad', 'error']);
      assert.equal(typeof errors[0].message, 'string');
      await stillAnswers(socket);
    });
  }

  test('a query is one next and complete', async () => {
    await stillAnswers(await greeted());
  });

  test('two subscriptions on one socket are told apart', async () => {
    const socket = await greeted();
    const [left, right] = [randomUUID(), randomUUID()];
    await watch(socket, 'left', left);
    await watch(socket, 'right', right);
    for (const [id, tag] of [['right', right], ['left', left], ['right', right]]) {
      const memory = await add(tag);
      const next = await socket.next();
      assert.deepEqual([next.id, next.payload.data.memoryEvents.memoryId], [id, memory]);
    }
  });

  test('complete stops one subscription and leaves the other', async () => {
    const socket = await greeted();
    const tag = randomUUID();
    await watch(socket, 'stays', tag);
    await watch(socket, 'goes', tag);
    socket.send({ id: 'goes', type: 'complete' });
    socket.send({ type: 'ping' });
    assert.equal((await socket.next()).type, 'pong');
    for (let n = 0; n < 3; n += 1) {
      const memory = await add(tag);
      const next = await socket.next();
      assert.deepEqual([next.id, next.payload.data.memoryEvents.memoryId], ['stays', memory]);
    }
  });

  test('an id in use closes with 4409', async () => {
    const socket = await greeted();
    await watch(socket, 'one', randomUUID());
    socket.send({ id: 'one', type: 'subscribe', payload: VIEWER });
    assert.equal(await codeOfClose(socket), 4409);
  });

  test('an id is free again after complete', async () => {
    const socket = await greeted();
    await watch(socket, 'one', randomUUID());
    socket.send({ id: 'one', type: 'complete' });
    await watch(socket, 'one', randomUUID());
  });
});

describe('the credential', PATIENCE, () => {
  test('revoking the key ends its subscriptions and closes its sockets with 4401', async () => {
    const { secret, apiKey } = (await ask(documents.CreateReader)).createApiKey;
    const socket = await greeted(secret);
    await watch(socket, 'one', randomUUID());
    await ask(documents.RevokeKey, { id: apiKey.id });
    assert.equal(await codeOfClose(socket), 4401);
  });

  test('other sockets stay', async () => {
    const { apiKey } = (await ask(documents.CreateReader)).createApiKey;
    const socket = await greeted();
    await ask(documents.RevokeKey, { id: apiKey.id });
    await stillAnswers(socket);
  });
});
