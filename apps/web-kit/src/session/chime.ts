import {
  ChimeSDKMessagingClient,
  GetMessagingSessionEndpointCommand,
  ListChannelMessagesCommand,
  RedactChannelMessageCommand,
  SendChannelMessageCommand,
  UpdateChannelMessageCommand,
} from '@aws-sdk/client-chime-sdk-messaging';
import NoOpLogger from 'amazon-chime-sdk-js/build/logger/NoOpLogger';
import DefaultMessagingSession from 'amazon-chime-sdk-js/build/messagingsession/DefaultMessagingSession';
import MessagingSessionConfiguration from 'amazon-chime-sdk-js/build/messagingsession/MessagingSessionConfiguration';
import DefaultWebSocketAdapter from 'amazon-chime-sdk-js/build/websocketadapter/DefaultWebSocketAdapter';
import type { Line, LineEvents } from './connection.ts';
import { AppError } from './errors.ts';
import type { Passes } from './pass.ts';

// The stock client is CommonJS: seen from an ES module its classes may sit one level deeper.
const Session = unwrap(DefaultMessagingSession);
const Configuration = unwrap(MessagingSessionConfiguration);
const Logger = unwrap(NoOpLogger);
const WebSocketAdapter = unwrap(DefaultWebSocketAdapter);

/** How long the stock client may take, its own ten seconds of retries included. */
const establishWithinMs = 15_000;

/** A message as the API or the session spells it. */
export interface WireMessage {
  MessageId?: string | undefined;
  Content?: string | undefined;
  Metadata?: string | undefined;
  Type?: string | undefined;
  Sender?: { Arn?: string | undefined; Name?: string | undefined } | undefined;
  CreatedTimestamp?: Date | string | undefined;
  LastEditedTimestamp?: Date | string | undefined;
  LastUpdatedTimestamp?: Date | string | undefined;
  Redacted?: boolean | undefined;
  ChannelArn?: string | undefined;
  Status?: { Value?: string | undefined; Detail?: string | undefined } | undefined;
}

/** One person's way to the platform, by the official clients alone. */
export class Chime {
  private client: Promise<ChimeSDKMessagingClient> | undefined;

  constructor(private readonly passes: Passes) {}

  /**
   * Newest first, or with `since` oldest first from there on; both moments are included.
   * @param limit 1 to 50.
   */
  async list(
    limit: number,
    nextToken?: string,
    { since, until }: { since?: Date; until?: Date } = {},
  ): Promise<{ messages: WireMessage[]; nextToken: string | undefined }> {
    const answer = await this.run(async (client, pass) =>
      client.send(
        new ListChannelMessagesCommand({
          ChannelArn: pass.channelArn,
          ChimeBearer: pass.userArn,
          SortOrder: since ? 'ASCENDING' : 'DESCENDING',
          MaxResults: limit,
          NextToken: nextToken,
          NotBefore: since,
          NotAfter: until,
          SubChannelId: pass.subChannelId ?? undefined,
        }),
      ),
    );
    return { messages: answer.ChannelMessages ?? [], nextToken: answer.NextToken || undefined };
  }

  /**
   * @param token repeated with the same text it yields the same message.
   * @param metadata what a page keeps with a message, 1 KB at most; nothing that is shown as it stands.
   * @returns the message's id, and whether a channel flow still has to let it pass.
   */
  async send(text: string, token: string, metadata?: string): Promise<{ id: string; pending: boolean }> {
    const answer = await this.run((client, pass) =>
      client.send(
        new SendChannelMessageCommand({
          ChannelArn: pass.channelArn,
          ChimeBearer: pass.userArn,
          Content: text,
          Metadata: metadata,
          Type: 'STANDARD',
          Persistence: 'PERSISTENT',
          ClientRequestToken: token,
          SubChannelId: pass.subChannelId ?? undefined,
        }),
      ),
    );
    if (answer.Status?.Value === 'DENIED') throw new AppError('Denied');
    if (answer.Status?.Value === 'FAILED') throw new AppError('Failed');
    if (!answer.MessageId) throw new AppError('CannotRead');
    return { id: answer.MessageId, pending: answer.Status?.Value === 'PENDING' };
  }

  async edit(id: string, text: string): Promise<void> {
    await this.run((client, pass) =>
      client.send(
        new UpdateChannelMessageCommand({
          ChannelArn: pass.channelArn,
          ChimeBearer: pass.userArn,
          MessageId: id,
          Content: text,
        }),
      ),
    );
  }

  async redact(id: string): Promise<void> {
    await this.run((client, pass) =>
      client.send(
        new RedactChannelMessageCommand({ ChannelArn: pass.channelArn, ChimeBearer: pass.userArn, MessageId: id }),
      ),
    );
  }

  /** The host and port where sessions live. */
  async sessionHost(): Promise<string> {
    const answer = await this.run(client => client.send(new GetMessagingSessionEndpointCommand({})));
    if (!answer.Endpoint?.Url) throw new AppError('CannotRead');
    return answer.Endpoint.Url;
  }

  /** Opens a session of the stock client. Its `start` may stay silent for ever after a retry, so events decide. */
  async open(host: string, events: LineEvents): Promise<Line> {
    const pass = await this.passes.current();
    const client = await this.clientFor();
    let watchdog: ReturnType<typeof setTimeout> | undefined;
    const watch = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => events.closed(1006), establishWithinMs);
    };

    const socket = new (class extends WebSocketAdapter {
      override addEventListener(name: string, listener: (event: Event | MessageEvent) => void): void {
        super.addEventListener(name, event => {
          if (name === 'close') {
            const { code } = event as CloseEvent;
            if (reconnects(code)) {
              events.reconnecting();
              watch();
            } else {
              clearTimeout(watchdog);
              events.closed(code);
            }
          }
          listener(event);
        });
      }
    })(new Logger());

    const session = new Session(new Configuration(pass.userArn, null, host, client), new Logger(), socket);
    session.addObserver({
      messagingSessionDidStart: () => {
        clearTimeout(watchdog);
        events.established();
      },
      messagingSessionDidStop: event => events.closed(event.code),
      messagingSessionDidReceiveMessage: message => {
        const payload = parse(message.payload);
        if (payload !== undefined) events.frame(message.type, payload);
      },
    });
    watch();
    return {
      start: () => session.start(),
      stop: () => {
        clearTimeout(watchdog);
        session.stop();
      },
    };
  }

  private async run<T>(
    act: (client: ChimeSDKMessagingClient, pass: Awaited<ReturnType<Passes['current']>>) => Promise<T>,
  ): Promise<T> {
    try {
      return await act(await this.clientFor(), await this.passes.current());
    } catch (error) {
      const name = (error as { name?: unknown }).name;
      if (name !== 'ExpiredTokenException' && name !== 'UnrecognizedClientException') throw error;
      // The server was given a new data folder, or this computer slept: ask for a new pass, once.
      this.passes.forget();
      this.client = undefined;
      return await act(await this.clientFor(), await this.passes.current());
    }
  }

  private clientFor(): Promise<ChimeSDKMessagingClient> {
    this.client ??= this.passes.current().then(
      pass =>
        new ChimeSDKMessagingClient({
          region: pass.region,
          endpoint: pass.endpoint,
          maxAttempts: 2,
          credentials: async () => {
            const { credentials, expiresAt } = await this.passes.current();
            return { ...credentials, expiration: new Date(expiresAt) };
          },
        }),
    );
    this.client.catch(() => {
      this.client = undefined;
    });
    return this.client;
  }
}

/**
 * Whether the browser accepts the TLS address that sessions use. A page that was itself opened there needs no question.
 */
export async function reach(host: string): Promise<'trusted' | 'untrusted' | 'down'> {
  if (location.protocol === 'https:' && location.host === host) return 'trusted';
  if (await answers(`https://${host}/healthz`)) return 'trusted';
  return (await answers('/healthz')) ? 'untrusted' : 'down';
}

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url, { mode: 'no-cors', cache: 'no-store', signal: AbortSignal.timeout(5000) });
    return true;
  } catch {
    return false;
  }
}

/** The stock client's own rule: after these it comes back by itself. */
function reconnects(code: number): boolean {
  if (code === 1001 || code === 1006 || (code >= 1011 && code <= 1014)) return true;
  return code > 4000 && code !== 4002 && code !== 4003 && code !== 4401;
}

function parse(payload: string | null): unknown {
  if (!payload) return null;
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

function unwrap<T>(module: T): T {
  return (module as { default?: T }).default ?? module;
}

// When its retries end before a session was established, the stock client rejects a promise that nobody can hold.
// The close event has been handled above; without this line each would be an error in the console.
addEventListener('unhandledrejection', event => {
  if (event.reason instanceof CloseEvent) event.preventDefault();
});
