import type { Event } from '../../services/core/events/event.ts';
import type { Core } from '../../services/core/invoke.ts';
import { Observation } from '../../services/core/observe.ts';
import { startGrpcServer } from '../../services/grpc/server.ts';
import { type House, openHouse } from '../house.ts';
import { openPeer, type Peer } from './grpc-peer.ts';
import { openWire, type Wire } from './grpc-wire.ts';

/** The gRPC room alone, around a house of its own. */
export interface GrpcRoom {
  readonly house: House;
  readonly server: Awaited<ReturnType<typeof startGrpcServer>>;
  /** A client of grpc-js. */
  readonly peer: Peer;
  /** HTTP/2 without any client. */
  readonly wire: Wire;
  close(): Promise<void>;
}

/** The part of a core that does not depend on the operation. It refuses calls as configured. */
export const coreParts: Pick<Core, 'observe' | 'refuse'> = {
  observe: (request, startedMs = performance.now()) =>
    new Observation(undefined, request, startedMs),
  refuse: async (_caller, error) => error,
};

/** A server on a free port, around any core. */
export const startGrpc = (core: Core) => startGrpcServer(core, { host: '127.0.0.1', port: 0 });

export async function openGrpcRoom(): Promise<GrpcRoom> {
  const house = await openHouse();
  const server = await startGrpc(house.core);
  const peer = openPeer(server.port);
  const wire = await openWire(server.port);
  return {
    house,
    server,
    peer,
    wire,
    async close() {
      peer.close();
      wire.close();
      await server.close();
      await house.close();
    },
  };
}

/** An event of 2 kB. */
export const largeEvent = (sequence: number): Event => ({
  id: `evt_${sequence}`,
  sequence,
  type: 'customer.created',
  createdAt: 0,
  data: {
    kind: 'customer',
    customer: {
      id: 'cus_1',
      name: 'x'.repeat(2000),
      email: null,
      country: null,
      metadata: {},
      createdAt: 0,
    },
  },
});
