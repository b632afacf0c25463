import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { status } from '@grpc/grpc-js';
import { service as healthService } from 'grpc-health-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rpc } from '../../services/grpc/contract.ts';
import { adminKey } from '../house.ts';
import { type Method, openPeer } from './grpc-peer.ts';
import { type GrpcRoom, openGrpcRoom, startGrpc } from './grpc-room.ts';

/** The room as seen by clients that get the whole schema by reflection. */

const root = join(import.meta.dirname, '../..');
const bufBinary = join(root, 'node_modules/.bin/buf');
const run = promisify(execFile);

let room: GrpcRoom;

beforeAll(async () => {
  room = await openGrpcRoom();
});
afterAll(() => room.close());

interface Ran {
  readonly stdout: string;
  readonly stderr: string;
}

/** `buf curl`; what it prints, whether it ends well or not. */
const bufCurl = (path: string, ...args: readonly string[]): Promise<Ran> =>
  run(bufBinary, [
    'curl',
    '--protocol',
    'grpc',
    '--http2-prior-knowledge',
    '--reflect',
    ...args,
    `http://127.0.0.1:${room.server.port}${path}`,
    // A failed call's status is what the test looks at.
  ]).catch((failed: Ran) => failed);

const authorized = ['-H', `authorization: Bearer ${adminKey}`];

test('reflection lists the services', async () => {
  const { stdout } = await bufCurl('', '--list-services');
  expect(stdout.trim().split('\n').sort()).toEqual([
    'grpc.health.v1.Health',
    'grpc.reflection.v1.ServerReflection',
    'grpc.reflection.v1alpha.ServerReflection',
    'payments.v1.CustomerService',
    'payments.v1.EventService',
    'payments.v1.KeyService',
    'payments.v1.PaymentService',
    'payments.v1.RefundService',
  ]);
});

test('buf curl creates and reads a payment with the schema from reflection', async () => {
  const data = {
    request_id: 'buf-1',
    amount: 1299,
    currency: 'GBP',
    payment_method: 'pm_card_ok',
    confirm: true,
    metadata: { invoice: '536365' },
  };
  const created = await bufCurl(
    '/payments.v1.PaymentService/CreatePayment',
    ...authorized,
    '-d',
    JSON.stringify(data),
  );
  const payment = JSON.parse(created.stdout);
  expect(payment).toMatchObject({
    amount: '1299',
    amountCaptured: '1299',
    status: 'PAYMENT_STATUS_SUCCEEDED',
    createdAt: expect.stringMatching(/^20\d\d-.*Z$/),
    metadata: { invoice: '536365' },
  });
  const read = await bufCurl(
    '/payments.v1.PaymentService/GetPayment',
    ...authorized,
    '-d',
    JSON.stringify({ id: payment.id }),
  );
  expect(JSON.parse(read.stdout)).toEqual(payment);
});

test('buf curl shows each violation with its field', async () => {
  const { stderr } = await bufCurl(
    '/payments.v1.PaymentService/CreatePayment',
    ...authorized,
    '-d',
    '{"request_id": "buf-2", "amount": -1, "currency": "GBP", "payment_method": "pm_card_ok"}',
  );
  const error = JSON.parse(stderr);
  expect(error.code).toBe('invalid_argument');
  const [info, request] = error.details;
  expect(info.type).toBe('google.rpc.ErrorInfo');
  expect(rpc.ErrorInfo.deserialize(Buffer.from(info.value, 'base64'))).toEqual({
    reason: 'VALIDATION_FAILED',
    domain: 'payments.fivewire.dev',
    metadata: { fields: 'amount' },
  });
  expect(request.type).toBe('google.rpc.BadRequest');
  expect(rpc.BadRequest.deserialize(Buffer.from(request.value, 'base64'))).toEqual({
    fieldViolations: [
      { field: 'amount', description: expect.stringContaining('got -1'), reason: 'TOO_SMALL' },
    ],
  });
});

test('health is reported for the server and each of its services but not for others', async () => {
  const check = (service: string) =>
    bufCurl('/grpc.health.v1.Health/Check', '-d', JSON.stringify({ service }));
  const [all, payments, other] = await Promise.all(
    ['', 'payments.v1.PaymentService', 'payments.v1.NoService'].map(check),
  );
  expect(JSON.parse(all?.stdout ?? '')).toEqual({ status: 'SERVING' });
  expect(JSON.parse(payments?.stdout ?? '')).toEqual({ status: 'SERVING' });
  expect(JSON.parse(other?.stderr ?? '')).toMatchObject({ code: 'not_found' });
});

test('a watcher of health is notified of the shutdown, which does not wait for it', async () => {
  const brief = await startGrpc(room.house.core);
  const peer = openPeer(brief.port);
  // Of a generated client; the package declares its service without the methods.
  const { Watch } = healthService as unknown as Readonly<
    Record<'Watch', Method<object, { readonly status: string }>>
  >;
  const stream = peer.open(Watch, { service: '' });
  const seen: string[] = [];
  stream.on('data', (message: { readonly status: string }) => seen.push(message.status));
  await once(stream, 'data');
  const ended = once(stream, 'error');
  await brief.close();
  expect(await ended).toMatchObject([{ code: status.UNAVAILABLE }]);
  expect(seen).toEqual(['SERVING', 'NOT_SERVING']);
  peer.close();
});

test('the protos pass buf lint and buf format', async () => {
  expect(await run(bufBinary, ['lint', 'protos'], { cwd: root })).toEqual({
    stdout: '',
    stderr: '',
  });
  const { stdout } = await run(bufBinary, ['format', '--diff', 'protos'], { cwd: root });
  expect(stdout).toBe('');
});

test('the generated files match the protos', async () => {
  await run(process.execPath, ['services/grpc/generate.ts', '--check'], { cwd: root });
});
