import { Button } from '@carillon/web-kit';
import { useText } from '../../shared/i18n/useText.ts';
import { Frame } from '../../shared/ui/Frame.tsx';
import styles from './ShowPage.module.css';

/** A fault in the page itself, which only a new page mends. */
export function Broken() {
  const t = useText();
  return (
    <Frame>
      <h1 className={styles.title}>{t('brokenTitle')}</h1>
      <p className={styles.quiet}>{t('brokenNote')}</p>
      <p>
        <Button look="primary" onClick={() => location.reload()}>
          {t('reload')}
        </Button>
      </p>
    </Frame>
  );
}
