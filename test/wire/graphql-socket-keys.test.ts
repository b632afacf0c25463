import { expect, test, vi } from 'vitest';
import type { Revocation } from '../../services/core/caller.ts';
import type { Core } from '../../services/core/invoke.ts';
import { adminKey, readerKey } from '../house.ts';
import { openGraphqlHouse, post } from './graphql-room.ts';
import { openGraphqlSocket } from './graphql-socket.ts';

const until = (check: () => unknown) => vi.waitFor(check, { timeout: 120_000, interval: 5 });

test('a connection that closes while its key is looked up leaves no listener for the key', async () => {
  const { promise: lookedUp, resolve: answer } = Promise.withResolvers<void>();
  let listening = 0;
  let asked = 0;
  let answered = 0;
  const counted = ({ listen, ...revocation }: Revocation): Revocation => ({
    ...revocation,
    listen(listener) {
      listening += 1;
      const unlisten = listen(listener);
      return () => {
        listening -= 1;
        unlisten();
      };
    },
  });
  const wrap = ({ core }: { readonly core: Core }): Core => ({
    ...core,
    async authenticate(caller) {
      const session = await core.authenticate(caller);
      if (caller.credential !== adminKey) return session;
      asked += 1;
      await lookedUp;
      answered += 1;
      return { ...session, revocation: counted(session.revocation) };
    },
  });
  const room = await openGraphqlHouse({}, wrap);
  const peers = await Promise.all(Array.from({ length: 5 }, () => openGraphqlSocket(room.target)));
  const payload = { authorization: `Bearer ${adminKey}` };
  for (const peer of peers) peer.send({ type: 'connection_init', payload });
  await until(() => expect(asked).toBe(5));
  for (const { socket } of peers) socket.terminate();
  await Promise.all(peers.map(({ closed }) => closed));
  // The server has seen it too once it has responded to another request.
  await post(room.target, { query: '{ __typename }' }, { key: readerKey });
  answer();
  await until(() => expect(answered).toBe(5));
  // What follows the responses has run once another request has its response.
  await post(room.target, { query: '{ __typename }' }, { key: readerKey });
  expect(listening).toBe(0);
  await room.close();
});
