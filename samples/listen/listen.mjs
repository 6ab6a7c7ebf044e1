// Opens a messaging session with the stock clients and prints what it hears.
//   node listen.mjs <app instance user ARN>
// Endpoint, region and credentials come from the environment, as with any AWS client. The session runs over TLS:
// NODE_EXTRA_CA_CERTS must name the authority that signed the server's certificate.
import { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';
import chime from 'amazon-chime-sdk-js';
import WebSocket from 'ws';

const userArn = process.argv[2];
if (!userArn) {
  console.error('usage: node listen.mjs <app instance user ARN>');
  process.exit(2);
}

// The client is written for browsers, and asks for no more of one than these.
globalThis.WebSocket = WebSocket;
globalThis.window ??= globalThis;

const { ConsoleLogger, DefaultMessagingSession, LogLevel, MessagingSessionConfiguration } = chime;
const client = new ChimeSDKMessagingClient({});
const session = new DefaultMessagingSession(
  new MessagingSessionConfiguration(userArn, null, undefined, client),
  new ConsoleLogger('listen', LogLevel.WARN),
);

session.addObserver({
  messagingSessionDidStart: () => console.log('listening'),
  messagingSessionDidStartConnecting: (reconnecting) => console.log(reconnecting ? 'reconnecting' : 'connecting'),
  messagingSessionDidStop: (event) => console.log(`ended: ${event.code} ${event.reason}`),
  messagingSessionDidReceiveMessage: (message) => {
    const payload = message.payload ? JSON.parse(message.payload) : {};
    console.log(message.type, payload.Sender?.Name ?? '', payload.Content ?? '');
  },
});

await session.start();
process.once('SIGINT', () => session.stop());
