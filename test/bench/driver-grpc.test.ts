import { Server as GrpcServer, ServerCredentials, status } from '@grpc/grpc-js';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { DriverReply } from '../../bench/drivers/driver.ts';
import type { DriverRequest } from '../../bench/drivers/open-driver.ts';
import { allDiffer, host, marker, opened, times } from './driver-fixture.ts';

describe('the lean driver of gRPC', () => {
  const path = '/payments.v1.PaymentService/GetPayment';
  const asTheyAre = (bytes: Buffer) => bytes;
  const prefixed = (message: Buffer) => {
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(message.length, 1);
    return Buffer.concat([prefix, message]);
  };
  const grpc = (message: Buffer): DriverRequest => ({
    protocol: 'http2',
    grpc: true,
    request: {
      method: 'POST',
      path,
      headers: { te: 'trailers', 'content-type': 'application/grpc', 'x-key': marker },
      body: prefixed(message),
    },
  });

  async function serverOf(
    answer: (
      call: { readonly request: Buffer; readonly metadata: { get(name: string): unknown[] } },
      reply: (error: { code: number; details: string } | null, value?: Buffer) => void,
    ) => void,
  ): Promise<number> {
    const server = new GrpcServer();
    const method = {
      path,
      requestStream: false,
      responseStream: false,
      requestSerialize: asTheyAre,
      requestDeserialize: asTheyAre,
      responseSerialize: asTheyAre,
      responseDeserialize: asTheyAre,
    };
    server.addService({ answer: method }, { answer });
    onTestFinished(() => server.forceShutdown());
    return new Promise((resolve, reject) =>
      server.bindAsync(`${host}:0`, ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      ),
    );
  }

  test('gives the status of the trailers and the body with its prefix', async () => {
    const keys: unknown[] = [];
    const port = await serverOf(({ request, metadata }, reply) => {
      keys.push(metadata.get('x-key')[0]);
      reply(null, request);
    });
    const message = Buffer.from('a message');
    const check = (answer: DriverReply) =>
      answer.status === status.OK && prefixed(message).equals(answer.body);
    const driver = await opened(grpc(message), port, { check, marker });
    await times(200, driver.call);
    expect(keys).toHaveLength(200);
    expect(allDiffer(keys)).toBe(true);
  });

  test('gives the status of an answer that is trailers alone', async () => {
    const port = await serverOf((_call, reply) =>
      reply({ code: status.DATA_LOSS, details: 'gone' }),
    );
    const answers: number[] = [];
    const check = ({ status: got, body }: DriverReply) => {
      answers.push(got);
      return got === 0 && body.length > 0;
    };
    const driver = await opened(grpc(Buffer.from('a')), port, { check });
    await expect(driver.call()).rejects.toThrow(/got status 15 and 0 bytes/);
    expect(answers).toEqual([15]);
  });

  test('sends and takes messages far larger than a window', async () => {
    const port = await serverOf(({ request }, reply) => reply(null, request));
    const message = Buffer.alloc(900_000, 'xyz');
    const check = ({ body }: DriverReply) => prefixed(message).equals(body);
    const driver = await opened(grpc(message), port, { check });
    await times(6, driver.call);
  });
});
