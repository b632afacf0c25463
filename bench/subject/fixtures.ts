import { writeFileSync } from 'node:fs';
import {
  type Capture,
  captureHttp1,
  captureHttp2,
  captureWebsocket,
  type Exchange,
} from '../link/capture.ts';
import type { HttpRequest } from '../load/autocannon.ts';
import { paymentToCreate } from '../scenarios/payment-to-create.ts';
import type { Fixtures } from '../scenarios/scenario.ts';
import { openClient, portOf } from '../scenarios/wires.ts';
import type { Constants } from './controls/constant.ts';
import type { Address } from './subject.ts';

const screenPayments = 20;

/** Ids that the scenarios work on, out of the imported year. */
async function pickIds(address: Address) {
  const client = await openClient('rest', portOf(address, 'rest'), { connections: 4 });
  try {
    const { items: refunds } = await client.listRefunds({ limit: 100 });
    const payments = await client.getPaymentsByIds({
      ids: [...new Set(refunds.map((refund) => refund.payment))],
    });
    const customers = new Set(payments.flatMap((payment) => payment?.customer ?? []));
    for (const customerId of customers) {
      const page = await client.listPayments({ customer: customerId, limit: screenPayments });
      const [first] = page.items;
      if (!page.hasMore || !first) continue;
      const large = await client.listPayments({ status: 'succeeded', sort: '-amount', limit: 1 });
      const [refundable] = large.items;
      if (!refundable) break;
      return { paymentId: first.id, customerId, refundableId: refundable.id };
    }
  } finally {
    await client.close();
  }
  throw new Error('Expected a customer with 20 payments and a refund in the data, found none.');
}

const hopByHop = new Set(['host', 'connection', 'content-length', 'transfer-encoding']);

const requestOf = ({ method, path, requestHeaders, requestBody }: Exchange): HttpRequest => ({
  method,
  path,
  headers: Object.fromEntries(
    Object.entries(requestHeaders).filter(([name]) => !hopByHop.has(name)),
  ),
  body: requestBody.toString(),
});

/** Runs `use` over a capturing link and returns the only item that it leaves. */
async function capturedOf<Item>(
  start: Promise<Capture<Item>>,
  use: (port: number) => Promise<unknown>,
): Promise<readonly Item[]> {
  const capture = await start;
  try {
    await use(capture.port);
    return capture.items;
  } finally {
    await capture.close();
  }
}

function last<Item>(items: readonly Item[]): Item {
  const item = items.at(-1);
  if (item === undefined) throw new Error('Expected an exchange on the link, saw none.');
  return item;
}

/**
 * Looks at a server with every wire open: picks ids, and captures the real clients' requests and
 * the real server's answers, which the controls then give as constants.
 */
export async function takeFixtures(address: Address, constantsPath: string): Promise<Fixtures> {
  const ids = await pickIds(address);
  const { paymentId } = ids;
  const rest = await capturedOf(captureHttp1(portOf(address, 'rest')), async (port) => {
    const client = await openClient('rest', port);
    await client.getPayment({ id: paymentId });
    await client.createPayment(paymentToCreate, { idempotencyKey: 'fixture' });
    await client.close();
  });
  const [restRead, restCreate] = rest;
  if (!restRead || !restCreate) throw new Error('Expected two exchanges of REST on the link.');
  const graphql = last(
    await capturedOf(captureHttp1(portOf(address, 'graphql')), async (port) => {
      const client = await openClient('graphql', port);
      await client.getPayment({ id: paymentId });
      await client.close();
    }),
  );
  const grpc = last(
    await capturedOf(captureHttp2(portOf(address, 'grpc')), async (port) => {
      const client = await openClient('grpc', port);
      await client.getPayment({ id: paymentId });
      await client.close();
    }),
  );
  const frames = await capturedOf(
    captureWebsocket(portOf(address, 'websocket'), '/ws'),
    async (port) => {
      const client = await openClient('websocket', port);
      await client.getPayment({ id: paymentId });
      await client.close();
    },
  );
  const grpcPrefixBytes = 5;
  const constants: Constants = {
    rest: restRead.responseBody.toString(),
    restCreated: restCreate.responseBody.toString(),
    graphql: JSON.parse(graphql.responseBody.toString()),
    grpc: {
      path: grpc.path,
      message: grpc.responseBody.subarray(grpcPrefixBytes).toString('base64'),
    },
    websocket: { welcome: frames[0] ?? '', result: last(frames) },
  };
  writeFileSync(constantsPath, JSON.stringify(constants));
  return {
    ...ids,
    requests: {
      restRead: requestOf(restRead),
      restCreate: requestOf(restCreate),
      graphqlRead: requestOf(graphql),
    },
    restReadBody: constants.rest,
  };
}
