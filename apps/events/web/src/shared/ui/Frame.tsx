import { ThemeSwitch, Wordmark } from '@carillon/web-kit';
import type { ReactNode } from 'react';
import { useText } from '../i18n/useText.ts';
import styles from './Frame.module.css';
import { LanguageSwitch } from './LanguageSwitch.tsx';

/** What surrounds every quiet page: the name, the language, the theme. */
export function Frame({ beside, children }: { beside?: ReactNode; children: ReactNode }) {
  const t = useText();
  return (
    <div className={styles.frame}>
      <header className={styles.top}>
        <a href="/events/" className={styles.home}>
          <Wordmark />
        </a>
        <div className={styles.beside}>
          {beside}
          <Choices />
        </div>
      </header>
      <main className={styles.main}>{children}</main>
      <footer className={styles.foot}>{t('foot')}</footer>
    </div>
  );
}

/** Language and theme, wherever a page has room for them. */
export function Choices() {
  const t = useText();
  return (
    <>
      <LanguageSwitch />
      <ThemeSwitch
        words={{ theme: t('theme'), system: t('themeSystem'), light: t('themeLight'), dark: t('themeDark') }}
      />
    </>
  );
}
