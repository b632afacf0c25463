import { writeFileSync } from 'node:fs';
import type { CallWire } from '../result/wires.ts';
import type { Address } from '../subject/address.ts';
import type { Constants } from '../subject/controls/constant.ts';
import type { Fixtures } from '../subject/fixtures.ts';
import { captureWorkload } from './capture.ts';
import { makePayment, readPayment } from './workloads.ts';

const grpcPrefixBytes = 5;

/** The responses of a null server: as many bytes as a payment, without content. */
export const nullConstants: Constants = {
  rest: JSON.stringify({ nothing: '-'.repeat(500) }),
  restCreated: '{}',
  graphql: { data: {} },
  grpc: {
    path: '/payments.v1.PaymentService/ReadNothing',
    message: Buffer.alloc(200, 0x2d).toString('base64'),
    createPath: '/payments.v1.PaymentService/CreateNothing',
    created: '',
  },
  websocket: {
    welcome: '{"type":"welcome"}',
    result: `{"type":"result","id":"1","output":"${'-'.repeat(500)}"}`,
  },
};

/** Writes the responses of the real server to a file; controls return them as constants. */
export async function writeConstants(
  address: Address,
  fixtures: Fixtures,
  path: string,
): Promise<void> {
  const on = { address, fixtures };
  const read = (wire: CallWire) => captureWorkload(readPayment, on, wire, {});
  const [rest, graphql, grpc, websocket] = [
    await read('rest'),
    await read('graphql'),
    await read('grpc'),
    await read('websocket'),
  ];
  const created = await captureWorkload(makePayment, on, 'rest', {});
  const grpcCreated = await captureWorkload(makePayment, on, 'grpc', {});
  const messageOf = ({ body }: { readonly body: Buffer }) =>
    body.subarray(grpcPrefixBytes).toString('base64');
  const pathOf = ({ prepared }: typeof grpc) => prepared.request.path;
  const constants: Constants = {
    rest: rest.body.toString(),
    restCreated: created.body.toString(),
    graphql: JSON.parse(graphql.body.toString()),
    grpc: {
      path: pathOf(grpc),
      message: messageOf(grpc),
      createPath: pathOf(grpcCreated),
      created: messageOf(grpcCreated),
    },
    websocket: { welcome: websocket.welcome, result: websocket.body.toString() },
  };
  writeFileSync(path, JSON.stringify(constants));
}
