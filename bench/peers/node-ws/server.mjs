// node server.mjs PORT: a message from a member goes to all members of its room, as the documentation of ws does it.
import { WebSocketServer } from 'ws';

const rooms = new Map();
const server = new WebSocketServer({
  port: Number(process.argv[2]),
  host: '127.0.0.1',
  backlog: 4096,
  perMessageDeflate: false,
  clientTracking: false,
});
server.on('connection', (socket, request) => {
  const id = new URL(request.url, 'http://localhost').searchParams.get('room');
  const room = rooms.get(id) ?? new Set();
  rooms.set(id, room.add(socket));
  socket.on('message', message => {
    for (const member of room) member.send(message, { binary: false });
  });
  socket.on('close', () => room.delete(socket));
  socket.on('error', () => room.delete(socket));
});
