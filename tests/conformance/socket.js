// A bare WebSocket, for what well-behaved clients never send.

import { WebSocket } from 'ws';

import { bearer, goodKey, websocket } from './server.js';
import { stream } from './stream.js';

export const PROTOCOL = 'graphql-transport-ws';

/** Opens a socket. `closed` is a promise of { code, reason }; `next()` the next message, parsed. */
export async function open({ protocols = [PROTOCOL], ...options } = {}) {
  const socket = new WebSocket(websocket, protocols, options);
  const closed = new Promise((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  const messages = stream((observer) => {
    socket.on('message', (message) => observer.next(JSON.parse(message)));
    closed.then(({ code, reason }) => observer.error(new Error(`closed with ${code} ${reason}`)));
    return () => socket.close();
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return {
    protocol: socket.protocol,
    closed,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    next: async () => (await messages.next()).value,
    close: async () => {
      socket.close();
      await closed;
    },
  };
}

/** Opens a socket that has been greeted. */
export async function greeted(key = goodKey) {
  const socket = await open();
  socket.send({ type: 'connection_init', payload: bearer(key) });
  await socket.next();
  return socket;
}
