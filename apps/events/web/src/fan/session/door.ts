import type { Pass } from '@carillon/web-kit/session';
import { AppError } from '@carillon/web-kit/session/errors';
import { call, Refusal } from '../../shared/http.ts';
import type { Entry, LostTicket, Show, ShowBrief } from './types.ts';

const root = '/events/api/shows';

export const listShows = () => call<ShowBrief[]>('GET', root);

/** One show's endpoints, as a fan may use them. @throws Refusal */
export class Door {
  private readonly path: string;

  constructor(readonly slug: string) {
    this.path = `${root}/${encodeURIComponent(slug)}`;
  }

  show = () => call<Show>('GET', this.path);
  me = () => call<Entry>('GET', `${this.path}/me`);
  enter = (code: string, move: boolean) => call<Entry>('POST', `${this.path}/enter`, move ? { code, move } : { code });
  leave = () => call<object>('POST', `${this.path}/leave`);
  nickname = (nickname: string) => call<{ nickname: string }>('PUT', `${this.path}/nickname`, { nickname });
  report = (messageId: string, reason: string) =>
    call<object>('POST', `${this.path}/reports`, reason ? { messageId, reason } : { messageId });

  askLetter = (email: string, language: string) => call<object>('POST', `${this.path}/lost`, { email, language });
  openLetter = (token: string, page: string) =>
    call<{ tickets: LostTicket[] }>('POST', `${this.path}/lost/open`, { token, page });
  newCode = (token: string, page: string, number: number) =>
    call<{ code: string }>('POST', `${this.path}/lost/reissue`, { token, page, number });

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
      // Busy or gone for a moment: the session tries again by itself.
      throw new AppError(error.status === 503 || error.status === 429 ? 'ServiceUnavailableException' : error.code);
    }
  };
}
