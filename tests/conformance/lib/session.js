// The official session client as it comes, given the two things that a browser has and this version of Node has not.

import { createRequire } from 'node:module';
import nodeTest from 'node:test';
import WebSocket from 'ws';
import { messaging } from './target.js';
import { deadline, Watched } from './wait.js';
import { join, say, unique } from './world.js';

globalThis.WebSocket ??= WebSocket;
globalThis.CloseEvent ??= class CloseEvent extends Event {
  constructor(type, { code = 0, reason = '', wasClean = false, ...init } = {}) {
    super(type, init);
    Object.assign(this, { code, reason, wasClean });
  }
};

// The parts that a messaging session needs; the package's front door loads audio and video as well.
const require = createRequire(import.meta.url);
const part = path => require(`amazon-chime-sdk-js/build/${path}`).default;
const DefaultMessagingSession = part('messagingsession/DefaultMessagingSession');
const MessagingSessionConfiguration = part('messagingsession/MessagingSessionConfiguration');
const PrefetchOn = part('messagingsession/PrefetchOn');
export const PrefetchSortBy = part('messagingsession/PrefetchSortBy');

const open = new Set();
nodeTest.after(() => {
  for (const listener of open) {
    listener.stop();
  }
});

/** One session of one user: every frame it got, in order. */
export class Listener {
  #session;
  #mark = 0;
  frames = new Watched();
  /** What the client says of itself: 'connecting', 'reconnecting', 'started', 'stopped'. */
  states = new Watched();
  /** Code and reason of each close frame the client saw. */
  closes = new Watched();

  /**
   * @param {object} user whose session it is
   * @param {{ client?: object, endpointUrl?: string, prefetch?: boolean, sortBy?: string }} options
   */
  constructor(user, { client = messaging, endpointUrl, prefetch = false, sortBy } = {}) {
    this.user = user;
    const configuration = new MessagingSessionConfiguration(user.arn, null, endpointUrl, client);
    configuration.prefetchOn = prefetch ? PrefetchOn.Connect : undefined;
    configuration.prefetchSortBy = sortBy;
    this.#session = new DefaultMessagingSession(configuration, this.#logger());
    this.#session.addObserver({
      messagingSessionDidStartConnecting: again => this.states.push(again ? 'reconnecting' : 'connecting'),
      messagingSessionDidStart: () => this.states.push('started'),
      messagingSessionDidStop: event => this.states.push({ stopped: event.code, reason: event.reason }),
      messagingSessionDidReceiveMessage: message => this.frames.push(new Frame(message)),
    });
  }

  /** The client tells only its log which code closed a socket that it then opens again. */
  #logger() {
    const nothing = () => {};
    return {
      info: text => {
        const closed = /^WebSocket close: (\d+) ?(.*)$/.exec(text);
        if (closed) {
          this.closes.push({ code: Number(closed[1]), reason: closed[2] });
        }
      },
      debug: nothing,
      warn: nothing,
      error: nothing,
    };
  }

  static async open(user, options) {
    const listener = new Listener(user, options);
    await listener.start();
    return listener;
  }

  async start() {
    open.add(this);
    const started = this.#session.start().catch(close => {
      // The client rejects with the close event, which says nothing when it is printed.
      throw Object.assign(new Error(`${this.user.name}'s session was refused: ${close.code} ${close.reason}`), {
        code: close.code,
      });
    });
    await deadline(started, 15_000, () => `the session of ${this.user.name} to start`);
    // The frame that made it start reaches observers like any other.
    await this.next('SESSION_ESTABLISHED');
    this.mark();
  }

  stop() {
    open.delete(this);
    this.#session.stop();
  }

  /** What came so far is no longer asked about. */
  mark() {
    this.#mark = this.frames.items.length;
  }

  /** The frames since the mark. */
  get since() {
    return this.frames.items.slice(this.#mark);
  }

  /** The first frame since the mark of this type, about this channel where one is named. */
  next(type, channelArn, also = () => true) {
    return this.frames.until(
      frames =>
        frames
          .slice(this.#mark)
          .find(frame => frame.type === type && (!channelArn || frame.channelArn === channelArn) && also(frame)),
      `${type} at ${this.user.name}; there came ${this.since.map(frame => frame.type).join(', ') || 'nothing'}`,
    );
  }

  stopped() {
    return this.states.until(states => states.find(state => state.stopped), `the end of ${this.user.name}'s session`);
  }
}

class Frame {
  constructor(message) {
    this.type = message.type;
    this.headers = message.headers;
    this.payload = message.payload;
  }

  get body() {
    return this.payload === null ? null : JSON.parse(this.payload);
  }

  get channelArn() {
    return this.body?.ChannelArn ?? this.body?.Channel?.ChannelArn;
  }
}

/**
 * Proves that something did not come without waiting for time to pass: a message in a channel of its own, sent after
 * what is asked about, comes behind everything that was on its way.
 */
export class Fence {
  static async create(world, ...people) {
    const fence = new Fence();
    fence.warden = await world.user('warden');
    fence.channel = await world.channel(fence.warden);
    for (const person of people) {
      await join(fence.warden, fence.channel, person);
    }

    return fence;
  }

  /** Everything but the fence's own frames that the listener got since its mark, once nothing is under way. */
  async frames(listener) {
    const content = unique('fence');
    await say(this.warden, this.channel, content);
    await listener.next('CREATE_CHANNEL_MESSAGE', this.channel, frame => frame.body.Content === content);
    return listener.since.filter(frame => frame.channelArn !== this.channel);
  }
}
