import '../../../shared/i18n/late.ts';
import { Button, Field } from '@carillon/web-kit';
import { useEffect, useRef, useState } from 'react';
import { type Refusal, refusalOf } from '../../../shared/http.ts';
import { speech, type Text } from '../../../shared/i18n/language.ts';
import { useText } from '../../../shared/i18n/useText.ts';
import styles from './LostCode.module.css';

/** Asks for a letter. Whether the address is known nobody is told, here or by the time that it takes. */
export default function LostForm({ ask }: { ask: (email: string, language: string) => Promise<object> }) {
  const t = useText();
  const form = useRef<HTMLFormElement>(null);
  const [email, setEmail] = useState('');
  const [busy, setBusy] = useState(false);
  const [asked, setAsked] = useState<string>();
  const [error, setError] = useState<string>();
  const field = () => form.current?.querySelector('input');

  // Whoever opened it wants to write.
  useEffect(() => form.current?.querySelector('input')?.focus(), []);

  async function submit() {
    if (busy) return;
    const address = email.trim();
    setAsked(undefined);
    setError(undefined);
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address)) {
      setError(t('lostBadEmail'));
      field()?.focus();
      return;
    }
    setBusy(true);
    try {
      await ask(address, speech.snapshot().code);
      setAsked(address);
    } catch (thrown) {
      const refusal = refusalOf(thrown);
      setError(wordsFor(refusal, t));
      if (refusal.status === 400) field()?.focus();
    }
    setBusy(false);
  }

  return (
    <form
      ref={form}
      className={styles.form}
      noValidate
      onSubmit={event => {
        event.preventDefault();
        void submit();
      }}
    >
      <Field
        label={t('lostLabel')}
        hint={t('lostNote')}
        error={error}
        type="email"
        dir="ltr"
        value={email}
        maxLength={254}
        autoComplete="email"
        autoCapitalize="off"
        spellCheck={false}
        enterKeyHint="send"
        onChange={event => {
          setEmail(event.target.value);
          setError(undefined);
        }}
      />
      <Button type="submit" aria-disabled={busy}>
        {busy ? t('lostAsking') : t('lostAsk')}
      </Button>
      {/* Always there, so that what appears in it is read out. */}
      <p role="status" className={asked && styles.done}>
        {asked ? t('lostAsked', { email: asked }) : <span className="visually-hidden">{error}</span>}
      </p>
    </form>
  );
}

function wordsFor({ code, status, body }: Refusal, t: Text): string {
  if (code === 'TooMany') return t('lostTooMany', { n: Math.max(1, Math.ceil(Number(body.retryAfter ?? 60) / 60)) });
  if (code === 'LettersOff') return t('lostOff');
  if (code === 'Ended') return t('doorEnded');
  if (code === 'Network') return t('unreachable');
  return status === 400 ? t('lostBadEmail') : t('doorUnavailable');
}
