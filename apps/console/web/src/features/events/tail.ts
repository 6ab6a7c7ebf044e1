import type { EventPage, GatewayEvent } from '../../session/types.ts';
import { failed } from './why.ts';

/** One event of the tail; its number rises with each. */
export interface TailedEvent extends GatewayEvent {
  number: number;
}

export interface Tail {
  /** The newest first. */
  events: readonly TailedEvent[];
  /** What has come since the tail was paused. */
  held: readonly TailedEvent[];
  paused: boolean;
  /** Where the next question goes on; empty before the first answer. */
  next: string;
  /** How many events passed between two answers and were not kept. */
  missed: number;
}

/** How many are shown; the oldest give way. */
export const most = 500;

export const emptyTail: Tail = { events: [], held: [], paused: false, next: '', missed: 0 };

/** The tail with an answer taken in. */
export function taken(tail: Tail, page: EventPage): Tail {
  let number = tail.held[0]?.number ?? tail.events[0]?.number ?? 0;
  const come = page.items.map(event => ({ ...event, number: ++number })).reverse();
  const missed = tail.next ? tail.missed + page.missed : 0;
  return tail.paused
    ? { ...tail, held: [...come, ...tail.held].slice(0, most), next: page.next, missed }
    : { ...tail, events: [...come, ...tail.events].slice(0, most), next: page.next, missed };
}

export const paused = (tail: Tail): Tail => ({ ...tail, paused: true });

export const resumed = (tail: Tail): Tail => ({
  ...tail,
  paused: false,
  held: [],
  events: [...tail.held, ...tail.events].slice(0, most),
});

export const cleared = (tail: Tail): Tail => ({ ...tail, events: [], held: [], missed: 0 });

export interface Filter {
  route: string;
  /** `failed`, or empty for all. */
  status: string;
  connection: string;
}

export function matches(event: GatewayEvent, { route, status, connection }: Filter): boolean {
  if (route && routeOf(event) !== route) return false;
  if (status === 'failed' && !failed(event)) return false;
  return !connection || event.connectionId.startsWith(connection);
}

/** The route that took an event, or stands for what has none. */
export function routeOf(event: GatewayEvent): string {
  return (
    event.routeKey ??
    (event.type === 'MESSAGE'
      ? 'none'
      : event.type === 'CONNECT'
        ? '$connect'
        : event.type === 'DISCONNECT'
          ? '$disconnect'
          : '@connections')
  );
}
