import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import type { Session } from '../../../services/core/invoke.ts';
import { encodePayment } from '../../../services/wire/json.ts';
import { constants, serve } from './constant.ts';
import { core, readPayment } from './core.ts';

/** Floor with core: bare ws, core's read, and its JSON. The key comes once, in the hello. */
const server = createServer();
const sockets = new WebSocketServer({ server, handleProtocols: ([first]) => first ?? false });
sockets.on('connection', (socket) => {
  let session: Session | undefined;
  socket.on('message', async (data) => {
    const { type, key, id, input } = JSON.parse(String(data));
    if (type === 'hello') {
      session = await core.authenticate({ credential: key, requestId: 'floor' });
      socket.send(constants.websocket.welcome);
    } else {
      const output = encodePayment(await readPayment({ session }, input.id));
      socket.send(JSON.stringify({ id, type: 'result', output }));
    }
  });
});
serve(server);
