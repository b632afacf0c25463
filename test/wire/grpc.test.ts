import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Metadata, status } from '@grpc/grpc-js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorCodes, invalid, PaymentsError } from '../../services/core/errors.ts';
import type { Caller, Core } from '../../services/core/invoke.ts';
import { createGrpcClient, type GrpcClient } from '../../services/grpc/client.ts';
import { decodeError, encodeError } from '../../services/grpc/errors.ts';
import { paymentService } from '../../services/wire/protobuf/contract.ts';
import { adminKey } from '../house.ts';
import { asAdmin, detailsOf, openPeer } from './grpc-peer.ts';
import { coreParts, type GrpcRoom, openGrpcRoom, startGrpc } from './grpc-room.ts';

let room: GrpcRoom;
let client: GrpcClient;

beforeAll(async () => {
  room = await openGrpcRoom();
  client = await createGrpcClient({ target: `127.0.0.1:${room.server.port}`, key: adminKey });
});
afterAll(async () => {
  await client.close();
  await room.close();
});

const card = { amount: 1000, currency: 'GBP', paymentMethod: 'pm_card_ok' } as const;
const { CreatePayment, GetPayment, ListPayments, ConfirmPayment } = paymentService;

const createPayment = () =>
  client.createPayment({ ...card, confirm: true }, { idempotencyKey: randomUUID() });

/** A server around a core whose one call is `invoke`; for what the real core would hide. */
async function aroundCore(invoke: (caller: Caller) => Promise<unknown>) {
  // Only these are ever called here.
  const core = {
    invoke: (_name: string, caller: Caller) => invoke(caller),
    ...coreParts,
  } as unknown as Core;
  const around = await startGrpc(core);
  const aroundPeer = openPeer(around.port);
  return {
    server: around,
    peer: aroundPeer,
    async close() {
      aroundPeer.close();
      await around.close();
    },
  };
}

describe('errors', () => {
  test('have the status of the contract for every code', () => {
    const names = Object.fromEntries(
      errorCodes.map((code) => {
        const error = new PaymentsError(code, 'x');
        return [code, status[encodeError(error, new Metadata()).code]];
      }),
    );
    expect(names).toEqual({
      validation_failed: 'INVALID_ARGUMENT',
      unauthenticated: 'UNAUTHENTICATED',
      permission_denied: 'PERMISSION_DENIED',
      not_found: 'NOT_FOUND',
      invalid_state: 'FAILED_PRECONDITION',
      version_mismatch: 'ABORTED',
      precondition_required: 'INVALID_ARGUMENT',
      idempotency_key_missing: 'INVALID_ARGUMENT',
      idempotency_key_reused: 'FAILED_PRECONDITION',
      idempotency_in_flight: 'ABORTED',
      card_declined: 'FAILED_PRECONDITION',
      insufficient_funds: 'FAILED_PRECONDITION',
      card_expired: 'FAILED_PRECONDITION',
      refund_exceeds_payment: 'FAILED_PRECONDITION',
      rate_limited: 'RESOURCE_EXHAUSTED',
      query_too_costly: 'INVALID_ARGUMENT',
      failed_dependency: 'ABORTED',
      position_out_of_range: 'OUT_OF_RANGE',
      payload_too_large: 'RESOURCE_EXHAUSTED',
      unsupported_media_type: 'INVALID_ARGUMENT',
      not_acceptable: 'INVALID_ARGUMENT',
      method_not_allowed: 'UNIMPLEMENTED',
      overloaded: 'UNAVAILABLE',
      processor_unavailable: 'UNAVAILABLE',
      timeout: 'DEADLINE_EXCEEDED',
      internal: 'INTERNAL',
    });
  });

  test('are decoded to the same errors, with at most one detail of each type', () => {
    const text = fc.string({ maxLength: 40 });
    const violation = fc.record({
      path: fc
        .tuple(
          fc.constantFrom('amount', 'limit', 'cursor', 'sort', 'idempotencyKey', 'createdFrom'),
          fc.array(fc.oneof(fc.nat(9), text.filter(Boolean)), { maxLength: 2 }),
        )
        .map(([first, rest]) => [first, ...rest]),
      code: fc.constantFrom('required', 'too_small', 'unknown_field'),
      message: text,
    });
    const details = fc.record(
      {
        violations: fc.array(violation, { minLength: 1, maxLength: 3 }),
        retryAfterMs: fc.nat(100_000),
        metadata: fc.dictionary(fc.constantFrom('id', 'left', 'idempotencyKey'), text, {
          minKeys: 1,
        }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.constantFrom(...errorCodes), text, details, (code, message, given) => {
        const sent = encodeError(new PaymentsError(code, message, given), new Metadata());
        const error = Object.assign(new Error(), sent);
        const said = given.violations ? invalid(...given.violations).message : message;
        expect(decodeError(error, 'here')).toEqual(new PaymentsError(code, said, given));
        const types = detailsOf(error).map(([type]) => type);
        expect(new Set(types).size).toBe(types.length);
        expect(types[0]).toBe('ErrorInfo');
      }),
    );
  });

  test('of a refused input name its fields as the contract does, and the reason and domain', async () => {
    const { error } = await room.peer.ask(ListPayments, { pageSize: -1, orderBy: 'size' });
    expect(error?.code).toBe(status.INVALID_ARGUMENT);
    expect(error?.details).toMatch(/^page_size: .+; order_by: /);
    expect(detailsOf(error)).toEqual([
      [
        'ErrorInfo',
        {
          reason: 'VALIDATION_FAILED',
          domain: 'payments.fivewire.dev',
          metadata: { fields: 'page_size, order_by' },
        },
      ],
      [
        'BadRequest',
        {
          fieldViolations: [
            expect.objectContaining({ field: 'page_size', reason: 'TOO_SMALL' }),
            expect.objectContaining({ field: 'order_by', reason: 'INVALID_VALUE' }),
          ],
        },
      ],
    ]);
  });

  test('of an invalid state are a precondition failure of that payment', async () => {
    const { id } = await createPayment();
    const { error } = await room.peer.ask(ConfirmPayment, { requestId: randomUUID(), id });
    expect(error?.code).toBe(status.FAILED_PRECONDITION);
    expect(detailsOf(error)).toEqual([
      [
        'ErrorInfo',
        expect.objectContaining({
          reason: 'INVALID_STATE',
          metadata: { payment: id, status: 'PAYMENT_STATUS_SUCCEEDED', action: 'confirm' },
        }),
      ],
      ['PreconditionFailure', { violations: [expect.objectContaining({ subject: id })] }],
    ]);
  });

  test('of a key over its rate limit have the quota and the time to wait', async () => {
    const { secret } = await client.createKey(
      { name: 'slow', scopes: ['payments:read'], ratePerSecond: 1, burst: 1 },
      { idempotencyKey: randomUUID() },
    );
    const metadata = { authorization: `Bearer ${secret}` };
    await room.peer.ask(ListPayments, {}, { metadata });
    const { error } = await room.peer.ask(ListPayments, {}, { metadata });
    expect(error?.code).toBe(status.RESOURCE_EXHAUSTED);
    expect(detailsOf(error).map(([type]) => type)).toEqual([
      'ErrorInfo',
      'QuotaFailure',
      'RetryInfo',
    ]);
  });

  test('of an internal failure are INTERNAL with the request id and no details', async () => {
    const broken = await aroundCore(async () => {
      throw new Error('secret of the house');
    });
    const metadata = { 'x-request-id': 'mine' };
    const { error } = await broken.peer.ask(GetPayment, { id: 'pay_1' }, { metadata });
    expect(error?.code).toBe(status.INTERNAL);
    expect(error?.metadata.get('x-request-id')).toEqual(['mine']);
    expect(JSON.stringify([error?.details, detailsOf(error)])).not.toContain('secret');
    await broken.close();
  });

  test('with a message that is cut inside a surrogate pair still arrive', async () => {
    const { error } = await room.peer.ask(GetPayment, { id: `x${'💛'.repeat(60)}` });
    expect(error?.code).toBe(status.NOT_FOUND);
    expect(error?.details).toContain('💛');
  });
});

describe('metadata', () => {
  test('returns a valid request id on responses and failures and replaces an invalid one', async () => {
    const { id } = await createPayment();
    const mine = { ...asAdmin, 'x-request-id': 'shop-42' };
    const odd = { ...asAdmin, 'x-request-id': 'a b' };
    for (const wanted of [id, 'pay_none']) {
      const kept = await room.peer.ask(GetPayment, { id: wanted }, { metadata: mine });
      expect(kept.metadata.get('x-request-id')).toEqual(['shop-42']);
      const replaced = await room.peer.ask(GetPayment, { id: wanted }, { metadata: odd });
      expect(replaced.metadata.get('x-request-id')).toEqual([expect.stringMatching(/^req_/)]);
    }
  });

  test.each([
    ['no key', {}],
    ['another scheme', { authorization: `Basic ${adminKey}` }],
    ['an unknown key', { authorization: 'Bearer sk_test_nobody' }],
  ])('with %s gets UNAUTHENTICATED', async (_what, metadata) => {
    const { error } = await room.peer.ask(GetPayment, { id: 'pay_none' }, { metadata });
    expect(error?.code).toBe(status.UNAUTHENTICATED);
  });

  test('passes a traceparent to the core', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    let seen: Caller | undefined;
    const around = await aroundCore(async (caller) => {
      seen = caller;
      throw new PaymentsError('not_found', 'None.');
    });
    await around.peer.ask(GetPayment, { id: 'pay_1' }, { metadata: { traceparent } });
    expect(seen?.traceparent).toBe(traceparent);
    await around.close();
  });

  test('has the same idempotency key as request_id, and marks a replay', async () => {
    const key = randomUUID();
    const first = await room.peer.ask(CreatePayment, { requestId: key, ...card });
    expect(first.metadata.get('idempotency-replayed')).toEqual([]);
    const metadata = { ...asAdmin, 'idempotency-key': key };
    const second = await room.peer.ask(CreatePayment, { ...card }, { metadata });
    expect(second.message).toEqual(first.message);
    expect(second.metadata.get('idempotency-replayed')).toEqual(['true']);
  });

  test('marks a replayed refusal too', async () => {
    const requestId = randomUUID();
    const request = { requestId, ...card, paymentMethod: 'pm_card_declined', confirm: true };
    const first = await room.peer.ask(CreatePayment, request);
    const second = await room.peer.ask(CreatePayment, request);
    expect(second.error?.details).toBe(first.error?.details);
    expect(first.metadata.get('idempotency-replayed')).toEqual([]);
    expect(second.metadata.get('idempotency-replayed')).toEqual(['true']);
  });

  test('with two idempotency keys in one call is refused', async () => {
    const metadata = { ...asAdmin, 'idempotency-key': 'a' };
    const { error } = await room.peer.ask(CreatePayment, { requestId: 'b', ...card }, { metadata });
    expect(error?.code).toBe(status.INVALID_ARGUMENT);
    expect(JSON.stringify(detailsOf(error))).toContain('"field":"request_id"');
  });
});

describe('deadlines', () => {
  test('that pass while the card network is silent end the call', async () => {
    const started = performance.now();
    const { error } = await room.peer.ask(
      CreatePayment,
      { requestId: randomUUID(), ...card, paymentMethod: 'pm_card_timeout', confirm: true },
      { deadline: Date.now() + 120 },
    );
    expect(error?.code).toBe(status.DEADLINE_EXCEEDED);
    expect(performance.now() - started).toBeLessThan(450);
  });

  test('are not needed for DEADLINE_EXCEEDED with the reason if the card network never responds', async () => {
    const request = { requestId: randomUUID(), ...card, paymentMethod: 'pm_card_timeout' };
    const { error } = await room.peer.ask(CreatePayment, { ...request, confirm: true });
    expect(error?.code).toBe(status.DEADLINE_EXCEEDED);
    expect(detailsOf(error)[0]).toMatchObject(['ErrorInfo', { reason: 'TIMEOUT' }]);
  });

  test('that pass abort the work of a call', async () => {
    const aborted = Promise.withResolvers<boolean>();
    const around = await aroundCore(async ({ signal }) => {
      signal?.addEventListener('abort', () => aborted.resolve(true));
      await aborted.promise;
    });
    void around.peer.ask(GetPayment, { id: 'x' }, { deadline: Date.now() + 60 });
    expect(await aborted.promise).toBe(true);
    await around.close();
  });

  test('are not needed: cancellation by the client aborts the work of a call', async () => {
    const begun = Promise.withResolvers<boolean>();
    const aborted = Promise.withResolvers<boolean>();
    const around = await aroundCore(async ({ signal }) => {
      begun.resolve(true);
      signal?.addEventListener('abort', () => aborted.resolve(true));
      await aborted.promise;
    });
    const call = around.peer.open(GetPayment, { id: 'x' });
    call.on('error', () => {});
    await begun.promise;
    call.cancel();
    expect(await aborted.promise).toBe(true);
    await around.close();
  });

  test("do not replace the reason if the caller's own signal ends the call", async () => {
    const reason = new Error('changed my mind');
    const input = { ...card, paymentMethod: 'pm_card_timeout', confirm: true } as const;
    const end = new AbortController();
    const call = client.createPayment(input, {
      idempotencyKey: randomUUID(),
      signal: end.signal,
    });
    setTimeout(() => end.abort(reason), 50);
    await expect(call).rejects.toBe(reason);
    await expect(client.getPayment({ id: 'x' }, { signal: end.signal })).rejects.toBe(reason);
  });
});

test('do not end running calls when the server closes: these get their responses', async () => {
  const begun = Promise.withResolvers<boolean>();
  const around = await aroundCore(async () => {
    begun.resolve(true);
    await sleep(100);
    throw new PaymentsError('not_found', 'None.');
  });
  const answer = around.peer.ask(GetPayment, { id: 'x' });
  await begun.promise;
  await around.server.close();
  expect((await answer).error?.code).toBe(status.NOT_FOUND);
  around.peer.close();
});

describe('the gRPC client', () => {
  test('refuses input that a message cannot express with the error of the core', async () => {
    const direct = room.house.core.invoke(
      'createPayment',
      { credential: adminKey, idempotencyKey: 'k', requestId: 'r' },
      { ...card, amount: 10.5, captureMethod: 'later', colour: 'red' },
    );
    const expected = await direct.catch((error: unknown) => error);
    const input = { ...card, amount: 10.5, captureMethod: 'later', colour: 'red' };
    // The input is wrong on purpose.
    const call = client.createPayment(input as never, { idempotencyKey: 'k' });
    expect(await call.catch((error: unknown) => error)).toEqual(expected);
  });

  test('opens the requested number of connections and spreads its calls over them', async () => {
    const sockets: Socket[] = [];
    const passed = new Map<Socket, number>();
    const proxy = createServer((socket) => {
      sockets.push(socket);
      const onward = connect(room.server.port, '127.0.0.1');
      socket.on('data', (data) => passed.set(socket, (passed.get(socket) ?? 0) + data.length));
      socket.pipe(onward).pipe(socket);
      for (const end of [socket, onward]) end.on('error', () => {});
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    // A server that listens on TCP has an address of this kind.
    const { port } = proxy.address() as { port: number };
    const three = await createGrpcClient({
      target: `127.0.0.1:${port}`,
      key: adminKey,
      connections: 3,
    });
    await Promise.all(Array.from({ length: 30 }, () => three.listEvents({ limit: 1 })));
    expect(sockets).toHaveLength(3);
    expect(Math.min(...passed.values()) * 2).toBeGreaterThan(Math.max(...passed.values()));

    const lost = three.createPayment(
      { ...card, paymentMethod: 'pm_card_timeout', confirm: true },
      { idempotencyKey: randomUUID() },
    );
    setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, 50);
    const error = await lost.catch((thrown: unknown) => thrown);
    expect(error).not.toBeInstanceOf(PaymentsError);
    expect(String(error)).toContain(`Expected an answer of the gRPC server at 127.0.0.1:${port}`);
    await three.close();
    proxy.close();
  });

  test('reports the address at which it found no server', async () => {
    await expect(createGrpcClient({ target: '127.0.0.1:1' })).rejects.toThrow(
      /^Expected a gRPC server at 127\.0\.0\.1:1, got: .*ECONNREFUSED/,
    );
  });
});
