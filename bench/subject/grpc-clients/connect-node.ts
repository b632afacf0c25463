import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import type { Client } from '../../../services/core/client.ts';
import type { ClientOpening } from '../clients.ts';
import { connectMethods } from '../connect-contract.ts';
import { inTurn, type PaymentMessage, readingClient } from './reading-client.ts';

/** By `@connectrpc/connect-node`, which speaks gRPC too. */
export async function openConnectClient(port: number, opening: ClientOpening): Promise<Client> {
  const { host = '127.0.0.1', key = '', connections = 1 } = opening;
  const baseUrl = `http://${host}:${port}`;
  const sessions = Array.from({ length: connections }, () => new Http2SessionManager(baseUrl));
  const next = inTurn(
    sessions.map((sessionManager) => createGrpcTransport({ baseUrl, sessionManager })),
  );
  const headers = { authorization: `Bearer ${key}` };
  const read = async (id: string) => {
    const { message } = await next().unary(connectMethods.read, undefined, undefined, headers, {
      id,
    });
    // The method answers with a payment.
    return message as unknown as PaymentMessage;
  };
  return readingClient(read, () => {
    for (const session of sessions) session.abort();
  });
}
