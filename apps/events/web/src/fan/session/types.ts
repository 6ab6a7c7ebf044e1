/** What the app's API says, as it says it. Times are ISO 8601 in UTC. */
export type Phase = 'announced' | 'doors' | 'live' | 'ended';

export interface ShowBrief {
  slug: string;
  title: string;
  artist: string;
  startsAt: string;
  /** Null where the doors open with the show. */
  doorsAt: string | null;
  endsAt: string;
  /** An IANA zone. */
  zone: string;
  phase: Phase;
}

export interface Show extends ShowBrief {
  id: string;
  about: string;
  pictureUrl: string | null;
  /** The server's clock. */
  now: string;
  /** Whether there is a chat at all. */
  chat: boolean;
  reactions: string[];
  /** Whoever lost a code can ask for a letter. */
  lostCodes?: boolean;
}

/** A ticket as a letter's link shows it. */
export interface LostTicket {
  number: number;
  tier: string;
  holder: string | null;
  state: 'valid' | 'revoked' | 'banned';
  reason: string | null;
  until: string | null;
}

export interface Player {
  kind: 'hls' | 'youtube' | 'vimeo' | 'iframe' | 'none';
  url: string | null;
  captions: { lang: string; label: string; url: string }[];
  startsAt: string | null;
}

export type Mode = 'open' | 'emoji' | 'staff' | 'tier';

export interface Ban {
  reason: string | null;
  until: string | null;
}

/** Until when a fan may not write, and why. */
export interface Timeout {
  reason: string | null;
  until: string;
}

export interface Entry {
  nickname: string | null;
  tier: string;
  /** Null until the show's chat is made. */
  userArn: string | null;
  player: Player;
  chat: { state: 'ready' | 'preparing' | 'off' | 'closed'; slowSeconds: number; mode: Mode; maxLength: number };
  banned: Ban | null;
  timeout?: Timeout | null;
}

export interface Staff {
  userArn: string;
  name: string;
  kind: 'artist' | 'moderator';
}

export interface Pin {
  messageId: string;
  author: string;
  kind: 'artist' | 'moderator' | 'fan';
  text: string;
}

export interface NoticeFrame {
  t: 'notice';
  kind: 'held' | 'refused' | 'timeout' | 'approved';
  messageId: string | null;
  reason: string | null;
  until: string | null;
}

/** What the device socket says. */
export type DeviceFrame =
  | {
      t: 'hello';
      nickname: string | null;
      staff: Staff[];
      pin: Pin | null;
      slowSeconds: number;
      mode: Mode;
      phase: Phase;
      present: number;
      /** Hidden already, and not yet gone from the platform. */
      removed?: string[];
      timeout?: Timeout | null;
    }
  | { t: 'reactions'; counts: number[] }
  | { t: 'room'; slowSeconds: number; mode: Mode }
  | { t: 'pin'; pin: Pin | null }
  | { t: 'removed'; messageId: string }
  | { t: 'restored'; messageId: string }
  | NoticeFrame
  | { t: 'phase'; phase: Phase }
  | { t: 'staff'; staff: Staff[] }
  | { t: 'present'; n: number }
  | { t: 'banned'; reason: string | null; until: string | null }
  | { t: 'moved' }
  /** What anybody may know of the show, or its player, has changed: to be asked for again. */
  | { t: 'show' };

/** When the doors open: where nothing else is said, with the show. ISO 8601 in UTC. */
export const doorsOf = (show: ShowBrief): string => show.doorsAt ?? show.startsAt;
