import { Client as Connection, credentials, Metadata } from '@grpc/grpc-js';
import type { Client } from '../../../services/core/client.ts';
import type { ClientOpening } from '../clients.ts';
import { methods } from '../static-messages.ts';
import { inTurn, type PaymentMessage, readingClient } from './reading-client.ts';

/** As the room's client has them. */
const channelOptions = {
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_retries': 0,
  'grpc.enable_channelz': 0,
};

const { path, requestSerialize, responseDeserialize } = methods.read;

/** By grpc-js, with static messages. */
export async function openStaticClient(port: number, opening: ClientOpening): Promise<Client> {
  const { host = '127.0.0.1', key = '', connections = 1 } = opening;
  const opened = Array.from(
    { length: connections },
    () => new Connection(`${host}:${port}`, credentials.createInsecure(), channelOptions),
  );
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${key}`);
  const next = inTurn(opened);
  const read = (id: string) =>
    new Promise<PaymentMessage>((resolve, reject) => {
      next().makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        { id },
        metadata,
        (error, message) => {
          if (error) reject(error);
          // The codec is that of a payment.
          else resolve(message as PaymentMessage);
        },
      );
    });
  return readingClient(read, () => {
    for (const connection of opened) connection.close();
  });
}
