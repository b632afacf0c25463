import { getEventListeners } from 'node:events';
import { expect, test, vi } from 'vitest';
import type { Core } from '../../services/core/invoke.ts';
import { adminKey, readerKey } from '../house.ts';
import { openGraphqlHouse, post } from './graphql-room.ts';
import { openGraphqlSocket } from './graphql-socket.ts';

const until = (check: () => unknown) => vi.waitFor(check, { timeout: 120_000, interval: 5 });

test('a connection that closes while its key is looked up leaves nothing at the key', async () => {
  const { promise: lookedUp, resolve: answer } = Promise.withResolvers<void>();
  const answered: AbortSignal[] = [];
  const asked: AbortSignal[] = [];
  const wrap = ({ core }: { readonly core: Core }): Core => ({
    ...core,
    async authenticate(caller) {
      const session = await core.authenticate(caller);
      if (caller.credential !== adminKey) return session;
      asked.push(session.revoked);
      await lookedUp;
      answered.push(session.revoked);
      return session;
    },
  });
  const room = await openGraphqlHouse({}, wrap);
  const { revoked } = await room.house.core.authenticate({
    credential: adminKey,
    requestId: 'req',
  });
  const before = getEventListeners(revoked, 'abort').length;
  const peers = await Promise.all(Array.from({ length: 5 }, () => openGraphqlSocket(room.target)));
  const payload = { authorization: `Bearer ${adminKey}` };
  for (const peer of peers) peer.send({ type: 'connection_init', payload });
  await until(() => expect(asked).toHaveLength(5));
  for (const { socket } of peers) socket.terminate();
  await Promise.all(peers.map(({ closed }) => closed));
  // The server has seen it, too, once it has answered something else.
  await post(room.target, { query: '{ __typename }' }, { key: readerKey });
  answer();
  await until(() => expect(answered).toHaveLength(5));
  await until(() => expect(getEventListeners(revoked, 'abort')).toHaveLength(before));
  await room.close();
});
