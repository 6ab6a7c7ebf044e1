import { useSyncExternalStore } from 'react';
import { speech, type Text } from './language.ts';

/** The page's words in the reader's language. */
export function useText(): Text {
  return useSyncExternalStore(speech.subscribe, speech.snapshot).text;
}

/** For dates and numbers: the language with its region. */
export function useLocale(): string {
  return useSyncExternalStore(speech.subscribe, speech.snapshot).locale;
}
