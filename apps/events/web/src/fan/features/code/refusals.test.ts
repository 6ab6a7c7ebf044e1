import { expect, test } from 'vitest';
import { Refusal } from '../../../shared/http.ts';
import { format } from '../../../shared/i18n/format.ts';
import type { Text } from '../../../shared/i18n/language.ts';
import { late } from '../../../shared/i18n/messages/en.late.ts';
import { en as early } from '../../../shared/i18n/messages/en.ts';
import { ja } from '../../../shared/i18n/messages/ja.ts';
import { deviceWords, doorWords } from './refusals.ts';

const en = { ...early, ...late };

const t: Text = (key, params) => format(en[key], params ?? {}, 'en');

test('each reason why the door stays closed has words of its own', () => {
  const said = ['UnknownCode', 'Revoked', 'Banned', 'Ended', 'TooMany', 'Network', 'Unavailable'].map(code =>
    doorWords(new Refusal(400, code, { retryAfter: 12 }), t, 'en'),
  );
  expect(new Set(said).size).toBe(said.length);
  expect(said[4]).toContain('12 seconds');
});

test('a device is called in the reader’s language', () => {
  const plain = (text: string) => text.replace(/[\u2068\u2069]/g, '');
  expect(plain(deviceWords('Chrome on Android', t))).toBe('Chrome on Android');
  expect(plain(deviceWords('Browser', t))).toBe('a browser');
  const japanese: Text = (key, params) => format(ja[key], params ?? {}, 'ja');
  expect(plain(deviceWords('Samsung Internet on Android', japanese))).toBe('Android の Samsung Internet');
});
