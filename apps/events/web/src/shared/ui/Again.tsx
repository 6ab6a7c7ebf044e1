import { Button, useAnnounce } from '@carillon/web-kit';
import { useEffect, useRef, useState } from 'react';
import { useText } from '../i18n/useText.ts';

/** Asks the server whether things still stand as the page says. An answer that changes nothing is said all the same. */
export function Again({ look, plain = false }: { look: () => Promise<void>; plain?: boolean }) {
  const t = useText();
  const announce = useAnnounce();
  const [busy, setBusy] = useState(false);
  const here = useRef(false);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
  return (
    <Button
      look={plain ? 'plain' : 'primary'}
      aria-disabled={busy}
      onClick={async () => {
        if (busy) return;
        setBusy(true);
        await look();
        if (!here.current) return;
        setBusy(false);
        announce(t('lookedAgain'), true);
      }}
    >
      {t('lookAgain')}
    </Button>
  );
}
