import type { Pass } from '@carillon/web-kit/session';
import { AppError } from '@carillon/web-kit/session/errors';
import { call, Refusal, upload } from '../../shared/http.ts';
import { query } from '../../staff/session/api.ts';
import type { WordsRead } from '../../staff/session/wordlist.ts';
import type { Changed, CommonWords, DeskPage, HeldItem, LogEntry, Person, Rules, Tested, WordRule } from './types.ts';

/** One show's desk. @throws Refusal */
export class DeskApi {
  private readonly path: string;

  constructor(id: string) {
    this.path = `/events/api/desk/${encodeURIComponent(id)}`;
  }

  page = () => call<DeskPage>('GET', this.path);
  held = (after?: string) =>
    call<{ items: HeldItem[]; total: number; next?: string | null }>('GET', `${this.path}/held${query({ after })}`);
  decide = (messageId: string, decision: 'approve' | 'refuse') =>
    call<Changed>('POST', `${this.path}/held/${encodeURIComponent(messageId)}`, { decision });
  remove = (messageId: string, userArn: string, reason = '') =>
    call<Changed>('POST', `${this.path}/messages/${encodeURIComponent(messageId)}/remove`, { reason, userArn });
  restore = (messageId: string) =>
    call<Changed>('POST', `${this.path}/messages/${encodeURIComponent(messageId)}/restore`);
  /** @param user a user of the platform, whatever they call themselves: then nothing else is looked at. */
  people = (q: string, state = '', after?: string, user?: string) =>
    call<{ people: Person[]; next?: string | null }>('GET', `${this.path}/people${query({ q, state, after, user })}`);
  timeOut = (number: number, seconds: number, reason: string) =>
    call<Changed>('POST', `${this.path}/people/${number}/timeout`, { seconds, reason });
  ban = (number: number, until: string | null, reason: string, removeMessages: boolean) =>
    call<Changed>('POST', `${this.path}/people/${number}/ban`, { until, reason, removeMessages });
  lift = (number: number) => call<Changed>('POST', `${this.path}/people/${number}/lift`);
  putRules = (rules: Partial<Rules>) => call<Rules>('PUT', `${this.path}/rules`, rules);
  commonWords = () => call<CommonWords>('GET', `${this.path}/words`);
  /** The bytes as they are; nothing is stored by it. */
  readWords = (csv: Blob) => upload<WordsRead>(`${this.path}/words/read`, 'text/csv', csv);
  test = (text: string, words: readonly WordRule[]) => call<Tested>('POST', `${this.path}/rules/test`, { text, words });
  pin = (messageId: string, userArn: string, text: string) =>
    call<Changed>('PUT', `${this.path}/pin`, { messageId, userArn, text });
  unpin = () => call<Changed>('PUT', `${this.path}/pin`, {});
  log = (after?: string) =>
    call<{ entries: LogEntry[]; next?: string | null }>('GET', `${this.path}/log${query({ after })}`);
  undo = (logId: number) => call<Changed>('POST', `${this.path}/undo`, { logId });

  get socketUrl(): string {
    return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${this.path}/socket`;
  }

  /** What lets this page talk to the platform for a while. @throws AppError with a code of the chat. */
  pass = async (): Promise<Pass> => {
    try {
      const { expiration, ...rest } = await call<Omit<Pass, 'expiresAt'> & { expiration: string }>(
        'POST',
        `${this.path}/chat-pass`,
      );
      return { ...rest, expiresAt: Date.parse(expiration) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new AppError(error.status === 503 || error.status === 429 ? 'ServiceUnavailableException' : error.code);
    }
  };
}
