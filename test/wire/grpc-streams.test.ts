import { constants } from 'node:http2';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Event } from '../../services/core/events/event.ts';
import type { Caller, Core } from '../../services/core/invoke.ts';
import { eventService } from '../../services/wire/protobuf/contract.ts';
import { adminKey } from '../house.ts';
import { coreParts, type GrpcRoom, largeEvent, openGrpcRoom, startGrpc } from './grpc-room.ts';
import { closeOf, ending, frame, openWire, reasonOf } from './grpc-wire.ts';

let room: GrpcRoom;

beforeAll(async () => {
  room = await openGrpcRoom();
});
afterAll(() => room.close());

const { WatchEvents } = eventService;
const watch = (after?: number) =>
  frame(WatchEvents.requestSerialize(after === undefined ? {} : { after }));

const newCustomer = (name: string) =>
  room.house.core.invoke(
    'createCustomer',
    { credential: adminKey, requestId: 'r', idempotencyKey: name },
    { name },
  );

/** A server whose stream of events never pauses until its client cancels it. */
async function endless() {
  let open = 0;
  async function* events({ signal }: Caller): AsyncGenerator<Event> {
    open += 1;
    try {
      for (let sequence = 1; !signal?.aborted; sequence += 1) {
        yield largeEvent(sequence);
        await nextTurn();
      }
    } finally {
      open -= 1;
    }
  }
  // Only these are ever called here.
  const core = {
    watch: async (_name: string, caller: Caller) => Object.assign(events(caller), { start: 0 }),
    ...coreParts,
  } as unknown as Core;
  const around = await startGrpc(core);
  return { ...around, openStreams: () => open };
}

describe('a deadline', () => {
  test('ends a stream while events flow, with DEADLINE_EXCEEDED and nothing after it', async () => {
    const around = await endless();
    const wire = await openWire(around.port);
    const headers = { ':path': WatchEvents.path, 'grpc-timeout': '100m' };
    const all = await Promise.all(Array.from({ length: 8 }, () => wire.call(headers, watch(0))));
    for (const seen of all) {
      expect(seen.bytes).toBeGreaterThan(0);
      expect(Number(ending(seen)['grpc-status'])).toBe(status.DEADLINE_EXCEEDED);
      expect(reasonOf(seen)).toBe('TIMEOUT');
    }
    await expect.poll(around.openStreams).toBe(0);
    wire.close();
    await around.close();
  });

  test('resets a stream whose client reads nothing', async () => {
    const around = await endless();
    const wire = await openWire(around.port, { settings: { initialWindowSize: 0 } });
    const seen = await wire.call({ ':path': WatchEvents.path, 'grpc-timeout': '100m' }, watch(0));
    expect(seen.rstCode).toBe(constants.NGHTTP2_CANCEL);
    await expect.poll(around.openStreams).toBe(0);
    wire.close();
    await around.close();
  });

  test.each(['2592000S', '43200M', '2400H', '99999999H'])(
    'of %s lets the stream go on',
    async (timeout) => {
      const wire = await openWire(room.server.port);
      await newCustomer(`first-${timeout}`);
      const stream = wire.open({ ':path': WatchEvents.path, 'grpc-timeout': timeout });
      const closed = closeOf(stream);
      let bytes = 0;
      stream.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      stream.end(watch(0));
      await expect.poll(() => bytes).toBeGreaterThan(0);
      const before = bytes;
      await newCustomer(`second-${timeout}`);
      await expect.poll(() => bytes).toBeGreaterThan(before);
      stream.close(constants.NGHTTP2_CANCEL);
      await closed;
      wire.close();
    },
  );
});

describe('the position of a stream', () => {
  test('is sent before the first event, so that a cut loses nothing', async () => {
    const wire = await openWire(room.server.port);
    const stream = wire.open({ ':path': WatchEvents.path });
    const closed = closeOf(stream);
    const opened = Promise.withResolvers<number>();
    stream.on('response', (headers) => opened.resolve(Number(headers['x-sequence'])));
    stream.end(watch());
    const start = await opened.promise;
    expect(start).toBe(await room.house.store.of('acct_retail').lastSequence());
    stream.close(constants.NGHTTP2_CANCEL);
    await closed;
    await newCustomer('unwatched');
    const resumed = wire.open({ ':path': WatchEvents.path });
    const first = Promise.withResolvers<Buffer>();
    resumed.on('data', first.resolve);
    resumed.end(watch(start));
    const message = WatchEvents.responseDeserialize((await first.promise).subarray(5));
    expect(message.sequence).toBe(start + 1);
    wire.close();
  });

  test('beyond the newest event gets OUT_OF_RANGE with the newest sequence', async () => {
    const wire = await openWire(room.server.port);
    const seen = await wire.call({ ':path': WatchEvents.path }, watch(10 ** 12));
    expect(Number(ending(seen)['grpc-status'])).toBe(status.OUT_OF_RANGE);
    expect(reasonOf(seen)).toBe('POSITION_OUT_OF_RANGE');
    wire.close();
  });
});
