import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { constants, serve } from './constant.ts';

/** Control: bare ws. Echoes the id of each frame within a constant of the real answer's bytes. */
const { welcome, result } = constants.websocket;
const idOf = (text: string) => /"id":"([^"]*)"/.exec(text)?.[1];
const [before = '', after = ''] = result.split(`"id":"${idOf(result)}"`);

const server = createServer();
const sockets = new WebSocketServer({ server, handleProtocols: ([first]) => first ?? false });
sockets.on('connection', (socket) => {
  socket.on('message', (data) => {
    const id = idOf(String(data));
    socket.send(id === undefined ? welcome : `${before}"id":"${id}"${after}`);
  });
});
serve(server);
