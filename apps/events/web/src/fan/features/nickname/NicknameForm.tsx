import { Button, Field } from '@carillon/web-kit';
import { useRef, useState } from 'react';
import { type Refusal, refusalOf } from '../../../shared/http.ts';
import type { Text } from '../../../shared/i18n/language.ts';
import { useText } from '../../../shared/i18n/useText.ts';
import styles from './NicknameForm.module.css';

/** How others call the fan. A taken name comes with others to choose from. */
export function NicknameForm({
  current,
  save,
  done,
  cancel,
}: {
  current: string | null;
  /** @throws Refusal with suggestions or a reason. */
  save: (nickname: string) => Promise<void>;
  done?: () => void;
  /** Offered where there is a name to keep. */
  cancel?: () => void;
}) {
  const t = useText();
  const field = useRef<HTMLInputElement>(null);
  const [name, setName] = useState(current ?? '');
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();

  async function submit(wanted: string) {
    if (busy) return;
    setBusy(true);
    setRefusal(undefined);
    try {
      await save(wanted);
      done?.();
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
      // Where another name has to be typed; a suggestion that was pressed is gone with the others.
      field.current?.focus();
    } finally {
      setBusy(false);
    }
  }

  const suggestions = Array.isArray(refusal?.body.suggestions)
    ? refusal.body.suggestions.filter((s): s is string => typeof s === 'string').slice(0, 3)
    : [];
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={event => {
        event.preventDefault();
        void submit(name.trim());
      }}
    >
      <Field
        ref={field}
        label={t('nickLabel')}
        hint={t('nickHint')}
        error={refusal && words(refusal, t)}
        value={name}
        dir="auto"
        maxLength={60}
        autoComplete="nickname"
        spellCheck={false}
        enterKeyHint="done"
        onChange={event => setName(event.target.value)}
      />
      {suggestions.length > 0 && (
        <fieldset className={styles.suggestions}>
          <legend className={styles.legend}>{t('nickFree')}</legend>
          {suggestions.map(s => (
            <Button
              key={s}
              size="small"
              onClick={() => {
                setName(s);
                void submit(s);
              }}
            >
              <bdi>{s}</bdi>
            </Button>
          ))}
        </fieldset>
      )}
      <div className={styles.acts}>
        <Button type="submit" look="primary" aria-disabled={busy}>
          {t('nickSave')}
        </Button>
        {cancel && <Button onClick={cancel}>{t('cancel')}</Button>}
      </div>
    </form>
  );
}

function words(refusal: Refusal, t: Text): string {
  if (refusal.code === 'NicknameTaken') return t('nickTaken');
  if (refusal.code === 'NicknameRefused')
    switch (refusal.body.why) {
      case 'empty':
        return t('nickEmpty');
      case 'long':
        return t('nickLong');
      case 'reserved':
        return t('nickReserved');
      case 'word':
        return t('nickWord');
      default:
        return t('nickLetters');
    }
  if (refusal.status === 429) return t('nickTooMany');
  return refusal.code === 'Network' ? t('unreachable') : t('doorUnavailable');
}
