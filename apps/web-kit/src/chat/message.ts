import type { WireMessage } from '../session/chime.ts';
import type { Message } from './timeline.ts';

/** The messages of a page that are shown. */
export function messagesOf(wire: readonly WireMessage[]): Message[] {
  return wire.map(messageOf).filter(m => m !== undefined);
}

/** Undefined for what is not shown: CONTROL messages, and what a flow has not let through. */
export function messageOf(wire: WireMessage): Message | undefined {
  if (!wire.MessageId || wire.Type === 'CONTROL' || (wire.Status?.Value ?? 'SENT') !== 'SENT') return undefined;
  const createdAt = time(wire.CreatedTimestamp);
  return {
    id: wire.MessageId,
    text: wire.Redacted ? '' : (wire.Content ?? ''),
    metadata: wire.Redacted ? '' : (wire.Metadata ?? ''),
    sender: { arn: wire.Sender?.Arn ?? '', name: wire.Sender?.Name ?? '' },
    createdAt,
    updatedAt: Math.max(createdAt, time(wire.LastUpdatedTimestamp), time(wire.LastEditedTimestamp)),
    edited: wire.LastEditedTimestamp !== undefined,
    redacted: wire.Redacted ?? false,
  };
}

function time(value: Date | string | undefined): number {
  if (value === undefined) return 0;
  return value instanceof Date ? value.getTime() : Date.parse(value);
}
