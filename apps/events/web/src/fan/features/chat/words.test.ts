import { expect, test } from 'vitest';
import { format } from '../../../shared/i18n/format.ts';
import type { Text } from '../../../shared/i18n/language.ts';
import { late } from '../../../shared/i18n/messages/en.late.ts';
import { en as early } from '../../../shared/i18n/messages/en.ts';
import { chatWords } from './words.ts';

const en = { ...early, ...late };

const t: Text = (key, params) => format(en[key], params ?? {}, 'en');

test('whatever the door says of the chat, the fan reads words and no code', () => {
  for (const code of [
    'OnAnotherDevice',
    'NotEntered',
    'Banned',
    'Revoked',
    'Ended',
    'ChatOff',
    'ChatPreparing',
    'NicknameNeeded',
    'NotFound',
    'Unavailable',
    'CannotRead',
    'Network',
    'ServiceUnavailableException',
    'ForbiddenException',
  ])
    expect(chatWords(code, t), code).not.toMatch(new RegExp(`${code}|unexpected`));
});

test('what nobody thought of is said with its code, which helps whoever is asked', () => {
  expect(chatWords('Teapot', t)).toContain('Teapot');
});
