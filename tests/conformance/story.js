// What every client must be able to do, told once. A suite says how its client is made.
//
// `connect(key)` gives { ask, watch, close }:
//   ask(document, variables)    a promise of { data, errors }
//   watch(document, variables)  an async iterator of { data, errors }
// Both reject when the server refuses the connection; `refused` is what the refusal then says.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { documents, unknownField } from './documents.js';
import { badKey, goodKey } from './server.js';

const PATIENCE = { timeout: 30_000 };

export function story({ name, connect, refused }) {
  describe(name, () => {
    const slug = `conformance-${randomUUID().slice(0, 8)}`;
    const open = [];
    let client;

    const data = async (document, variables) => {
      const answer = await client.ask(document, variables);
      assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
      const [payload] = Object.values(answer.data);
      if (payload.userErrors) assert.deepEqual(payload.userErrors, []);
      return payload;
    };
    const add = async (input) => data(documents.AddMemory, { input: { project: slug, mode: 'VERBATIM', ...input } });
    const talk = async (lines) => {
      const messages = Array.from({ length: lines }, (_, n) => ({
        text: `On day ${n} Maya Chen told Tomas Berg in Oslo that she prefers route ${n} over the harbour road.`,
        name: 'Maya Chen',
      }));
      return data(documents.AddConversation, { input: { project: slug, session: randomUUID(), messages } });
    };
    const watch = (document, variables) => {
      const updates = client.watch(document, variables);
      open.push(updates);
      return {
        next: async () => value(await updates.next()),
        ended: async () => (await updates.next()).done,
      };
    };

    before(async () => {
      client = connect(goodKey);
      await data(documents.CreateProject, { slug });
    }, PATIENCE);

    after(async () => {
      await Promise.all(open.map((updates) => updates.return()));
      await client.close();
    }, PATIENCE);

    test('a query', PATIENCE, async () => {
      const viewer = await data(documents.Viewer, {});
      assert.ok(viewer.permissions.includes('MEMORY_READ'));
      assert.equal(typeof viewer.organization.name, 'string');
    });

    test('a mutation, and a query that sees it', PATIENCE, async () => {
      const text = `${name} was here at ${randomUUID()}`;
      const added = await add({ text, tags: ['seen'] });
      assert.equal(added.created, true);
      assert.equal(added.memory.text, text);
      const read = await data(documents.Memory, { id: added.memory.id });
      assert.equal(JSON.stringify(read), JSON.stringify({ ...read, id: added.memory.id, text, tags: ['seen'] }));
      assert.equal(read.project.slug, slug);
    });

    test('jobStatus: the state first, then each change, and it ends with the job', PATIENCE, async () => {
      const { job } = await talk(20);
      const updates = watch(documents.JobStatus, { id: job.id });
      const seen = [];
      for (let last; last !== 'COMPLETED'; seen.push(last)) {
        const update = await updates.next();
        assert.equal(update.job.id, job.id);
        last = update.job.state;
        assert.notEqual(last, 'FAILED');
      }
      assert.ok(seen.length > 1, `only ${seen}`);
      assert.deepEqual(seen, seen.toSorted((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b)));
      assert.equal(await updates.ended(), true);

      const again = watch(documents.JobStatus, { id: job.id });
      assert.equal((await again.next()).job.state, 'COMPLETED');
      assert.equal(await again.ended(), true);
    });

    test('jobs: those that are open first, then each that changes', PATIENCE, async () => {
      const earlier = await talk(40);
      const updates = watch(documents.Jobs, { project: slug });
      const first = await updates.next();
      assert.equal(first.job.id, earlier.job.id);
      assert.equal(first.job.project.slug, slug);

      const later = await talk(2);
      const ended = new Map();
      while (ended.size < 2) {
        const { job } = await updates.next();
        if (job.state === 'COMPLETED') ended.set(job.id, job.project.slug);
      }
      assert.deepEqual(ended, new Map([[earlier.job.id, slug], [later.job.id, slug]]));
    });

    test('memoryEvents: the revision first, then each change that the filter picks, in order', PATIENCE, async () => {
      const filter = { events: ['CREATED', 'FORGOTTEN'], tags: ['watched'] };
      const updates = watch(documents.MemoryEvents, { project: slug, filter });
      const present = await updates.next();
      assert.deepEqual([present.kind, present.memory, present.gap], [null, null, false]);

      await add({ text: 'Nobody watches this', tags: ['other'] });
      const { memory } = await add({ text: 'The ferry leaves at nine', tags: ['watched'] });
      const created = await updates.next();
      assert.deepEqual([created.kind, created.memoryId], ['CREATED', memory.id]);
      assert.deepEqual([created.memory.text, created.memory.tags], ['The ferry leaves at nine', ['watched']]);
      assert.equal(created.memory.project.slug, slug);

      await data(documents.ForgetMemory, { id: memory.id });
      const forgotten = await updates.next();
      assert.deepEqual([forgotten.kind, forgotten.memoryId], ['FORGOTTEN', memory.id]);
      assert.ok(present.revision < created.revision && created.revision < forgotten.revision);
    });

    test('graphChanges: the revision first, then entities and links as they come up', PATIENCE, async () => {
      const updates = watch(documents.GraphChanges, { project: slug });
      const present = await updates.next();
      assert.deepEqual([present.kind, present.node, present.gap], [null, null, false]);

      const { memory: source } = await add({ text: 'Ingrid Solberg works at Nordlys Robotics in Bergen' });
      const { memory: target } = await add({ text: 'The lighthouse is painted red every third summer' });
      await data(documents.LinkMemories, { source: source.id, target: target.id });
      const names = new Set();
      let linked;
      for (let last = present.revision; !linked || !names.has('Ingrid Solberg'); ) {
        const change = await updates.next();
        assert.ok(change.revision > last);
        last = change.revision;
        if (change.kind === 'MEMORY_LINKED') linked = change.nodeId;
        if (change.kind === 'ENTITY_CREATED') names.add(change.node.name);
      }
      assert.ok([source.id, target.id].includes(linked));
    });

    test('a bad operation is reported, and what is open lives on', PATIENCE, async () => {
      const updates = watch(documents.MemoryEvents, { project: slug, filter: { events: ['CREATED'] } });
      await updates.next();

      const unknown = await client.ask(unknownField, {});
      assert.equal(unknown.data ?? undefined, undefined);
      assert.match(unknown.errors[0].message, /nothingOfTheSort/);

      const absent = client.watch(documents.JobStatus, { id: 'job_00000000000000000000000000' });
      const told = await absent.next();
      assert.equal(told.value.errors[0].extensions.code, 'not_found');
      await absent.return();

      const { memory } = await add({ text: `Still here at ${randomUUID()}` });
      assert.equal((await updates.next()).memoryId, memory.id);
    });

    test('a bad key is refused', PATIENCE, async () => {
      const stranger = connect(badKey);
      assert.match(await refusal(() => stranger.ask(documents.Viewer, {})), refused);
      assert.match(await refusal(() => stranger.watch(documents.Jobs, {}).next()), refused);
      await stranger.close();
    });
  });
}

const ORDER = ['PENDING', 'PROCESSING', 'COMPLETED'];

function value(result) {
  assert.equal(result.done, false, 'the stream ended too early');
  assert.equal(result.value.errors, undefined, JSON.stringify(result.value.errors));
  return Object.values(result.value.data)[0];
}

/** Why the server refused, whether the client throws it or hands it over. */
async function refusal(attempt) {
  try {
    const answer = await attempt();
    const { data, errors } = answer.value ?? answer;
    assert.equal(data ?? undefined, undefined);
    return errors.map((error) => error.extensions?.code ?? error.message).join();
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    return [error.code, error.statusCode, error.reason, error.message].filter(Boolean).join(' ');
  }
}
