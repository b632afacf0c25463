import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { grpcClientDecides } from '../../bench/questions/grpc-client-decides.ts';
import { sentenceOf } from '../../bench/questions/question.ts';
import type { Cell } from '../../bench/result/result.ts';
import { grpcClients } from '../../bench/scenarios/grpc-clients.ts';
import type { CallContender } from '../../bench/trial/call-sources.ts';
import { serverOf } from '../../bench/trial/scenario.ts';
import type { Client } from '../../services/core/client.ts';
import type { Payment } from '../../services/core/payments/payment.ts';
import { startGrpcServer } from '../../services/grpc/server.ts';
import { adminKey, openHouse } from '../house.ts';
import { cellOf, openLoad, resultOf } from './small-result.ts';

// The contenders of a scenario of calls.
const contenders = grpcClients.contenders as readonly CallContender[];

describe('each client of gRPC', () => {
  let port = 0;
  let kept: readonly Payment[];
  let close: () => Promise<unknown>;
  beforeAll(async () => {
    const house = await openHouse('sqlite::memory:');
    const server = await startGrpcServer(house.core, { host: '127.0.0.1', port: 0 });
    port = server.port;
    close = () => Promise.all([server.close(), house.close()]);
    const toCreate = { amount: 2 ** 33, currency: 'GBP', metadata: { order: '1' } } as const;
    const create = (paymentMethod: string) =>
      house.core.invoke(
        'createPayment',
        { credential: adminKey, requestId: 'test', idempotencyKey: paymentMethod },
        { ...toCreate, paymentMethod },
      );
    kept = [await create('pm_card_ok'), await create('pm_card_declined')];
  });
  afterAll(() => close());

  const openers = contenders.flatMap(({ name, openCaller }) =>
    openCaller ? { name, openCaller } : [],
  );

  test.each(openers)(
    'reads what was written, over several connections: $name',
    async ({ openCaller }) => {
      const client: Client = await openCaller(port, { key: adminKey, connections: 3 });
      for (const payment of [...kept, ...kept]) {
        expect(await client.getPayment({ id: payment.id })).toEqual(payment);
      }
      await expect(client.getPayment({ id: 'pay_00000000000000000000000000' })).rejects.toThrow();
      await expect(client.listPayments({})).rejects.toThrow('no other call');
      await client.close();
    },
  );

  test('has a server and a load generator of its own', () => {
    expect(new Set(contenders.map(serverOf)).size).toBe(contenders.length);
  });
});

/** Of processes whose client and server cost so many microseconds a call. */
const measured = (name: string, clientMicros: number, serverMicros: number): Cell =>
  cellOf(
    `grpc-clients ${name}`,
    [0.98, 1, 1.02].map((noise) => ({
      open: [
        openLoad(serverMicros * noise, 300, {
          elapsedMs: 1000,
          completed: 1000,
          clientCpuShare: (clientMicros * noise) / 1000,
        }),
      ],
    })),
  );

const judge = (...cells: readonly Cell[]) => grpcClientDecides.judge(resultOf(cells));

describe("whether gRPC's client decides its speed", () => {
  test('depends on the client if only some cost more than the server', () => {
    const verdict = judge(measured('grpc-js', 240, 120), measured('node-http2', 80, 120));
    expect(verdict.answer).toBe('depends');
    expect(sentenceOf(verdict)).toBe(
      'It depends on the client: in Node, a gRPC read costs its client 80 µs (78.4–81.6) of CPU by node:http2 and 240 µs (235–245) by grpc-js with proto-loader; the server spends 120 µs (118–122).',
    );
  });

  test('is yes if every client costs more than the server, and no if none does', () => {
    expect(judge(measured('grpc-js', 240, 90), measured('node-http2', 150, 90)).answer).toBe('yes');
    expect(judge(measured('grpc-js', 80, 90), measured('node-http2', 60, 90)).answer).toBe('no');
  });

  test('is not shown if the clients cost the same, and not measured with one of them', () => {
    expect(judge(measured('grpc-js', 100, 90), measured('node-http2', 99, 90)).answer).toBe(
      'no difference shown',
    );
    expect(judge(measured('grpc-js', 100, 90)).answer).toBe('not measured');
  });
});
