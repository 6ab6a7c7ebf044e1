import type { Refusal } from '../../../shared/http.ts';
import type { Text } from '../../../shared/i18n/language.ts';
import { dayAndTime, ownZone } from '../../../shared/time.ts';

/** Why the door stays closed, in words: what happened, and what to do. */
export function doorWords(refusal: Pick<Refusal, 'code' | 'body'>, t: Text, locale: string): string {
  const { code, body } = refusal;
  switch (code) {
    case 'UnknownCode':
      return t('doorUnknown');
    case 'Revoked':
      return t('doorRevoked');
    case 'Banned':
      return typeof body.until === 'string'
        ? t('doorBannedUntil', { until: dayAndTime(Date.parse(body.until), ownZone(), locale) })
        : t('doorBanned');
    case 'TooMany':
      return t('doorTooMany', { n: Number(body.retryAfter ?? 60) });
    case 'Ended':
      return t('doorEnded');
    case 'Network':
      return t('unreachable');
    default:
      return t('doorUnavailable');
  }
}

/** "Chrome on Android", as the server calls a browser, in the reader's language. */
export function deviceWords(device: string, t: Text): string {
  const [, browser, system] = /^(.+) on (.+)$/.exec(device) ?? [];
  const name = (one: string) => (one === 'Browser' ? t('someBrowser') : one);
  return browser && system ? t('deviceOn', { browser: name(browser), system }) : name(device);
}
