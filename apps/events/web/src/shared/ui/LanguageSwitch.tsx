import { Icon } from '@carillon/web-kit';
import { useId, useSyncExternalStore } from 'react';
import { type Language, languages, speech } from '../i18n/language.ts';
import { useText } from '../i18n/useText.ts';
import styles from './LanguageSwitch.module.css';

/** Each language under its own name; the choice is kept on this device. */
export function LanguageSwitch() {
  const t = useText();
  const { code } = useSyncExternalStore(speech.subscribe, speech.snapshot);
  const id = useId();
  return (
    <span className={styles.switch}>
      <label htmlFor={id} className={styles.label}>
        <Icon.Globe />
        <span className="visually-hidden">{t('language')}</span>
      </label>
      <select
        id={id}
        className={styles.select}
        value={code}
        onChange={event => void speech.use(event.target.value as Language)}
      >
        {languages.map(l => (
          <option key={l.code} value={l.code} lang={l.code}>
            {l.name}
          </option>
        ))}
      </select>
    </span>
  );
}
