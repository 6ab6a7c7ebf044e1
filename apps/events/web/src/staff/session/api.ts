import { call, upload } from '../../shared/http.ts';
import type {
  Archive,
  CommonWords,
  Definition,
  Imported,
  IssuedCode,
  Letters,
  OrganisedShow,
  Progress,
  ShopKey,
  ShowLine,
  StaffMember,
  Ticket,
  TicketCounts,
  WhoAmI,
  WordRule,
} from './types.ts';
import type { WordsRead } from './wordlist.ts';

const root = '/events/api';

/** `desk` is the show whose desk the link was for; null for an organiser's. */
export const signIn = (token: string) => call<{ desk: string | null }>('POST', `${root}/sign-in`, { token });
/** `openId` is the house whose accounts organisers may sign in with; null for none. */
export const signInWays = () => call<{ openId: string | null }>('GET', `${root}/sign-in/ways`);
export const openIdPath = `${root}/sign-in/openid`;
export const signOut = () => call<object>('POST', `${root}/sign-out`);
export const whoAmI = () => call<WhoAmI>('GET', `${root}/whoami`);

export const listShows = (q: string, after?: string) =>
  call<{ shows: ShowLine[]; next: string | null }>('GET', `${root}/organise/shows${query({ q, after })}`);
export const createShow = (title: string, zone?: string) =>
  call<OrganisedShow>('POST', `${root}/organise/shows`, { title, ...(zone && { zone }) });

/** How long the making of ten thousand tickets may take, in milliseconds. */
const makingMs = 120_000;

export const commonWords = () => call<CommonWords>('GET', `${root}/organise/words`);
export const putCommonWords = (words: readonly WordRule[], version: number) =>
  call<CommonWords>('PUT', `${root}/organise/words`, { words, version });
/** The bytes as they are; nothing is stored by it. */
export const readWords = (csv: Blob) => upload<WordsRead>(`${root}/organise/words/read`, 'text/csv', csv);

/** One show's endpoints, as its organiser may use them. @throws Refusal */
export class Organiser {
  readonly path: string;

  constructor(readonly id: string) {
    this.path = `${root}/organise/shows/${encodeURIComponent(id)}`;
  }

  show = () => call<OrganisedShow>('GET', this.path);
  save = (definition: Definition, version: number) => call<OrganisedShow>('PUT', this.path, { ...definition, version });
  remove = () => call<object>('DELETE', this.path);
  publish = () => call<OrganisedShow>('POST', `${this.path}/publish`);
  unpublish = () => call<object>('POST', `${this.path}/unpublish`);
  end = () => call<object>('POST', `${this.path}/end`);
  duplicate = () => call<OrganisedShow>('POST', `${this.path}/duplicate`);

  /** `after` is the `next` of the page before; `limit` 500 at most. */
  tickets = (q: string, state: string, after?: string, limit?: number) =>
    call<{ tickets: Ticket[]; next: string | null; counts: TicketCounts; letters?: Letters | null }>(
      'GET',
      `${this.path}/tickets${query({ q, state, after, limit: limit?.toString() })}`,
    );
  /** The same `batch` once more makes nothing twice, and answers with codes again. */
  makeTickets = (count: number, tier: string, batch: string) =>
    call<{ codes: IssuedCode[] }>('POST', `${this.path}/tickets`, { count, tier, batch }, makingMs);
  /** The bytes as they are: the server finds out which encoding they have. */
  importTickets = (csv: Blob, batch: string) =>
    upload<Imported>(`${this.path}/tickets/import${query({ batch })}`, 'text/csv', csv, makingMs);
  reissue = (number: number) => call<{ code: string }>('POST', `${this.path}/tickets/${number}/reissue`);
  revoke = (number: number, reason: string) =>
    call<object>('POST', `${this.path}/tickets/${number}/revoke`, { reason });
  shopKeys = () => call<{ keys: ShopKey[] }>('GET', `${this.path}/shop-keys`);
  makeShopKey = () => call<{ id: string; key: string }>('POST', `${this.path}/shop-keys`);
  removeShopKey = (id: string) => call<object>('DELETE', `${this.path}/shop-keys/${encodeURIComponent(id)}`);

  staff = () => call<{ staff: StaffMember[] }>('GET', `${this.path}/staff`);
  invite = (name: string, kind: StaffMember['kind']) =>
    call<{ id: string; link: string }>('POST', `${this.path}/staff`, { name, kind });
  inviteAgain = (sid: string) => call<{ id: string; link: string }>('POST', `${this.path}/staff/${sid}/link`);
  removeStaff = (sid: string) => call<object>('DELETE', `${this.path}/staff/${sid}`);

  progress = () => call<Progress>('GET', `${this.path}/progress`);
  steer = (action: 'pause' | 'resume' | 'retry') => call<object>('POST', `${this.path}/progress`, { action });

  archive = () => call<Archive>('GET', `${this.path}/archive`);
  clear = (title: string) => call<object>('POST', `${this.path}/clear`, { title });
}

/** Leaves out what is empty. */
export function query(params: Record<string, string | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value) search.set(name, value);
  const text = search.toString();
  return text ? `?${text}` : '';
}
