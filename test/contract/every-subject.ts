import { afterAll, beforeAll, describe } from 'vitest';
import type { Fivewire } from '../../services/main.ts';
import { type Clients, openClients } from './clients.ts';
import { openServer, subjects } from './subjects.ts';

/**
 * Defines tests once for each way to call the core, all on one server.
 *
 * @param define gets the clients of this way, which are open while a test runs
 */
export function describeEverySubject(define: (clients: () => Clients) => void): void {
  let server: Fivewire;
  beforeAll(async () => {
    server = await openServer();
  });
  afterAll(() => server?.close());

  describe.each(Object.entries(subjects))('%s', (_name, connect) => {
    let clients: Clients;
    beforeAll(async () => {
      clients = await openClients(server, connect);
    });
    afterAll(() => clients?.close());

    define(() => clients);
  });
}
