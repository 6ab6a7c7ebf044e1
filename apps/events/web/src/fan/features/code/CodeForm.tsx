import { Button, Notice } from '@carillon/web-kit';
import { type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';
import { type Refusal, refusalOf } from '../../../shared/http.ts';
import { useLocale, useText } from '../../../shared/i18n/useText.ts';
import { timeOf } from '../../../shared/time.ts';
import { useNow } from '../../../shared/useNow.ts';
import styles from './CodeForm.module.css';
import { snapshot, subscribe, used } from './brought.ts';
import { bare, typed } from './code.ts';
import { deviceWords, doorWords } from './refusals.ts';

/** One field for a ticket's code. Nothing that was typed is ever cleared by a refusal. */
export function CodeForm({
  enter,
  before,
  children,
}: {
  /** @throws Refusal when the door stays closed. */
  enter: (code: string, move: boolean) => Promise<void>;
  /** Stands above the field. */
  before?: ReactNode;
  /** Stands between the field and the button. */
  children?: ReactNode;
}) {
  const t = useText();
  const locale = useLocale();
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const caret = useRef<number>(undefined);
  const brought = useSyncExternalStore(subscribe, snapshot);
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const [empty, setEmpty] = useState(false);
  const [again, setAgain] = useState(0);
  const left = Math.ceil((again - useNow(500, again > 0)) / 1000);
  const wait = again > 0 && left > 0 ? left : 0;

  // A link that is opened while the page is open fills the field as the first one did.
  useEffect(() => {
    if (!brought) return;
    setCode(brought.code);
    setEmpty(false);
    setRefusal(undefined);
  }, [brought]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the caret is put back after each change of the text
  useLayoutEffect(() => {
    if (caret.current === undefined) return;
    field.current?.setSelectionRange(caret.current, caret.current);
    caret.current = undefined;
  }, [code]);

  async function submit(move: boolean) {
    if (busy || wait > 0) return;
    if (!bare(code)) {
      setEmpty(true);
      field.current?.focus();
      return;
    }
    setBusy(true);
    try {
      await enter(code.trim(), move);
      used();
    } catch (thrown) {
      const refused = refusalOf(thrown);
      setRefusal(refused);
      if (refused.code === 'TooMany') setAgain(Date.now() + Number(refused.body.retryAfter ?? 60) * 1000);
      if (refused.code !== 'OnAnotherDevice') field.current?.focus();
      setBusy(false);
    }
  }

  const elsewhere = refusal?.code === 'OnAnotherDevice';
  const error = empty
    ? t('codeEmpty')
    : !refusal || elsewhere
      ? undefined
      : refusal.code === 'TooMany'
        ? wait > 0
          ? t('doorTooMany', { n: wait })
          : t('doorTooManyOver')
        : doorWords(refusal, t, locale);

  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={event => {
        event.preventDefault();
        void submit(false);
      }}
    >
      {before}
      <div className={styles.field}>
        <label htmlFor={id} className={styles.label}>
          {t('codeLabel')}
        </label>
        <p id={`${id}-hint`} className={styles.hint}>
          {t('codeHint')}
        </p>
        <input
          ref={field}
          id={id}
          className={styles.input}
          value={code}
          dir="ltr"
          autoComplete="off"
          autoCapitalize="characters"
          autoCorrect="off"
          spellCheck={false}
          inputMode="text"
          enterKeyHint="go"
          maxLength={80}
          placeholder="XXXX-XXXX-XXXXX"
          aria-invalid={error ? true : undefined}
          aria-describedby={`${id}-hint ${id}-error`}
          onChange={event => {
            const { value, selectionStart } = event.target;
            // While a code is composed by an input method its letters are not final.
            if ((event.nativeEvent as InputEvent).isComposing) {
              setCode(value);
              return;
            }
            const next = typed(value, selectionStart ?? value.length);
            caret.current = next.caret;
            setCode(next.text);
            setEmpty(false);
            if (refusal && refusal.code !== 'TooMany') setRefusal(undefined);
          }}
        />
        {/* Always there, so that what appears in it is read out. */}
        <p id={`${id}-error`} className={styles.error} role="alert">
          {error}
        </p>
      </div>
      {children}
      {elsewhere ? (
        <div role="alert">
          <Notice
            tone="warn"
            title={t('elsewhereTitle')}
            actions={
              <>
                <Button look="primary" disabled={busy} onClick={() => void submit(true)}>
                  {t('moveHere')}
                </Button>
                <Button onClick={() => setRefusal(undefined)}>{t('notNow')}</Button>
              </>
            }
          >
            <p>
              {typeof refusal?.body.device === 'string'
                ? t('elsewhereWhere', {
                    device: deviceWords(refusal.body.device, t),
                    since: typeof refusal.body.since === 'string' ? timeOf(Date.parse(refusal.body.since), locale) : '',
                  })
                : t('elsewhereSome')}
            </p>
          </Notice>
        </div>
      ) : (
        <Button type="submit" look="primary" className={styles.enter} aria-disabled={busy || wait > 0}>
          {busy ? t('entering') : t('enter')}
        </Button>
      )}
    </form>
  );
}
