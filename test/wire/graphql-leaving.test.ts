import { once as happens } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { expect, test, vi } from 'vitest';
import type { Caller, Core } from '../../services/core/invoke.ts';
import { adminKey, type House } from '../house.ts';
import { type GraphqlHouse, openGraphqlHouse, post } from './graphql-room.ts';

/** How a client that disconnects before its response is reported to core. */

/** Waits for a condition, with a timeout long enough for a busy machine. */
const until = (check: () => unknown) => vi.waitFor(check, { timeout: 60_000, interval: 5 });

/** A room whose calls wait for `go`, and the callers that core saw. */
async function openSlow() {
  const callers: Caller[] = [];
  const { promise: gone, resolve: go } = Promise.withResolvers<void>();
  const outcomes: Promise<unknown>[] = [];
  const wrap = ({ core }: House): Core => ({
    ...core,
    invoke(name, caller, input) {
      callers.push(caller);
      const outcome = gone.then(() => core.invoke(name, caller, input));
      outcomes.push(outcome.catch((thrown) => thrown));
      return outcome;
    },
  });
  const room = await openGraphqlHouse({}, wrap);
  return { room, callers, outcomes, go };
}

/** Sends a document and leaves the connection to the test. */
function send({ target }: GraphqlHouse, query: string) {
  const sent = request(`${target}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
  });
  sent.on('error', () => {});
  sent.end(JSON.stringify({ query }));
  return sent;
}

test('a client that disconnects aborts its call in the core, and its write has no effect', async () => {
  const { room, callers, outcomes, go } = await openSlow();
  const sent = send(
    room,
    'mutation { createCustomer(input: { name: "A" }, idempotencyKey: "left") { __typename } }',
  );
  await until(() => expect(callers).toHaveLength(1));
  expect(callers[0]?.signal?.aborted).toBe(false);
  sent.destroy();
  await until(() => expect(callers[0]?.signal?.aborted).toBe(true));
  go();
  expect(await outcomes[0]).toBeInstanceOf(Error);
  expect((await room.direct.listCustomers({})).items).toEqual([]);
  await room.close();
});

test('the signal of a call is not aborted once the client has its response', async () => {
  const { room, callers, go } = await openSlow();
  go();
  const { body } = await post(room.target, { query: '{ payment(id: "pay_none") { id } }' });
  expect(body.data).toEqual({ payment: null });
  expect(callers[0]?.signal?.aborted).toBe(false);
  await room.close();
});

test('a client that disconnects before its body is complete leaves nothing running', async () => {
  const { room, callers } = await openSlow();
  const socket = connect(Number(new URL(room.target).port), '127.0.0.1');
  const head = [
    'POST /graphql HTTP/1.1',
    'host: x',
    `authorization: Bearer ${adminKey}`,
    'content-type: application/json',
    'content-length: 100',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n{"query":`);
  await happens(socket, 'connect');
  await new Promise((resolve) => setImmediate(resolve));
  socket.destroy();
  await until(() => expect(room.house.records).toHaveLength(1));
  expect(room.house.records[0]).toMatchObject({ code: 'validation_failed' });
  expect(callers).toEqual([]);
  await room.close();
});
