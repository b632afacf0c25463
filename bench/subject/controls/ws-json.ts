import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { constants, serve } from './constant.ts';

/** Control: bare ws, and the JSON of every frame that comes and goes. */
const { welcome, result } = constants.websocket;
const { output } = JSON.parse(result);

const server = createServer();
const sockets = new WebSocketServer({ server, handleProtocols: ([first]) => first ?? false });
sockets.on('connection', (socket) => {
  socket.on('message', (data) => {
    const { id } = JSON.parse(String(data));
    socket.send(id === undefined ? welcome : JSON.stringify({ id, type: 'result', output }));
  });
});
serve(server);
