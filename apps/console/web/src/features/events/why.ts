import { closeWords } from '../../session/closeCodes.ts';
import type { GatewayEvent } from '../../session/types.ts';

/** True when somebody should look at it. */
export const failed = (event: GatewayEvent) => event.outcome !== 'DONE' || (event.status ?? 0) >= 400;

/** Which way it went, and why, in a sentence. */
export function why(event: GatewayEvent): string {
  switch (event.type) {
    case 'CONNECT':
      return event.routeKey
        ? 'Asked $connect before it was let in.'
        : 'There is no $connect route, so everybody is let in.';
    case 'DISCONNECT': {
      const told = event.routeKey ? '$disconnect was told.' : 'There is no $disconnect route.';
      return event.closeCode ? `${closeWords(event.closeCode)} ${told}` : told;
    }
    case 'POST':
      return 'Somebody sent to this connection through @connections.';
    case 'GET':
      return 'Somebody asked for this connection through @connections.';
    case 'DELETE':
      return 'Ended through @connections.';
    default:
      return whyRoute(event);
  }
}

function whyRoute({ reason, expression = 'The selection expression', selected = '' }: GatewayEvent): string {
  if (!reason) return 'Not looked at: a hundred messages of this connection are under way.';
  if (reason === 'OWN') return `${expression} is “${selected}”, and a route has that key.`;
  const then = reason === 'DEFAULT' ? 'so $default took it.' : 'and there is no $default, so nobody took it.';
  if (selected === '') return `${expression} is nothing: the message is no JSON object, or has no such member, ${then}`;
  if (selected === '$connect' || selected === '$disconnect')
    return `${expression} is “${selected}”, which no message can choose, ${then}`;
  return `${expression} is “${selected}”, and no route has that key, ${then}`;
}

/** What went wrong, in a sentence; null where nothing did. */
export function trouble(event: GatewayEvent): string | null {
  const heard = event.error ? ` The client heard “${event.error}”.` : '';
  switch (event.outcome) {
    case 'DONE':
      return (event.status ?? 0) >= 400 ? `The handler answered ${event.status}.` : null;
    case 'NOT_AUTHORIZED':
      return `The authorizer refused it.${heard}`;
    case 'REFUSED':
      return `$connect answered ${event.status}, so the handshake was refused.`;
    case 'NO_ROUTE':
      return heard.trim();
    case 'THROTTLED':
      return `Too many a second.${heard}`;
    case 'NOT_VALID':
      return event.type === 'POST'
        ? 'The text was longer than 128 KB.'
        : `The body does not fit the route’s model.${heard}`;
    case 'MALFORMED':
      return `The handler threw, or answered with something that is no result.${heard}`;
    case 'TIMED_OUT':
      return `The integration took too long.${heard}`;
    case 'UNREACHABLE':
      return `The integration cannot be reached.${heard}`;
    case 'NOT_POSSIBLE':
      return `The integration is not there, or may not be called.${heard}`;
    case 'GONE':
      return 'The connection has ended: 410 GoneException.';
    default:
      return `The server failed; its log says more.${heard}`;
  }
}

const types: Record<GatewayEvent['type'], string> = {
  CONNECT: 'Connect',
  MESSAGE: 'Message',
  DISCONNECT: 'Disconnect',
  POST: 'Send to',
  GET: 'Look up',
  DELETE: 'End',
};

export const typeOf = (event: GatewayEvent) => types[event.type];
