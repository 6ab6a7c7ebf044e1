import { format, type Params } from './format.ts';
import { en } from './messages/en.ts';
import type { late } from './messages/en.late.ts';

export type Key = keyof typeof en | keyof typeof late;
export type Messages = Record<Key, string>;
export type Text = (key: Key, params?: Params) => string;

/** What a reader can choose from, each named in itself. */
export const languages = [
  { code: 'en', name: 'English', dir: 'ltr' },
  { code: 'ar', name: 'العربية', dir: 'rtl' },
  { code: 'ja', name: '日本語', dir: 'ltr' },
] as const;
export type Language = (typeof languages)[number]['code'];

/** English as far as it is here: the words of what comes later come with it. */
const english: Record<string, string> = { ...en };

/** Adds English words. Other languages are whole, because they are fetched anyhow. */
export function learn(words: Record<string, string>): void {
  Object.assign(english, words);
}

/** English comes with the page; the others are fetched when they are chosen. */
const load: Record<Language, () => Promise<Record<string, string>>> = {
  en: async () => english,
  ar: async () => (await import('./messages/ar.ts')).ar,
  ja: async () => (await import('./messages/ja.ts')).ja,
};

const key = 'carillon-language';

/** The first of the reader's languages that we have. */
export function match(wanted: readonly string[]): Language {
  for (const one of wanted) {
    const base = one.toLowerCase().split('-')[0];
    const found = languages.find(l => l.code === base);
    if (found) return found.code;
  }
  return 'en';
}

/** The page's language: one for all, because a page speaks with one voice. */
export class Speech {
  private readonly listeners = new Set<() => void>();
  private current: { code: Language; locale: string; text: Text } = {
    code: 'en',
    locale: 'en',
    text: (name, params) => format(english[name] ?? name, params ?? {}, 'en'),
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = () => this.current;

  /** Takes the language chosen on this device, else the browser's. */
  async start(): Promise<void> {
    await this.use(match([stored(), ...navigator.languages]), false);
  }

  async use(code: Language, keep = true): Promise<void> {
    const messages = await load[code]();
    // The region decides how dates and numbers look: en-GB and en-US differ.
    const locale = navigator.languages.find(l => l.toLowerCase().split('-')[0] === code) ?? code;
    this.current = { code, locale, text: (name, params) => format(messages[name] ?? name, params ?? {}, locale) };
    document.documentElement.lang = code;
    document.documentElement.dir = languages.find(l => l.code === code)?.dir ?? 'ltr';
    if (keep) store(code);
    for (const listener of this.listeners) listener();
  }
}

export const speech = new Speech();

function stored(): string {
  try {
    return localStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}

function store(code: Language): void {
  try {
    localStorage.setItem(key, code);
  } catch {
    // Without storage the choice holds until the page is left.
  }
}
