import { useEffect, useRef, useState } from 'react';
import { useAnnounce } from '../announce.tsx';
import { Button } from './Button.tsx';
import styles from './Copy.module.css';
import { Check, Copy } from './Icon.tsx';

/** Copies a text and says so, to the eye for two seconds and to a screen reader at once. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const announce = useAnnounce();
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  async function copy() {
    const copied = await toClipboard(text);
    setState(copied ? 'copied' : 'failed');
    announce(copied ? `Copied: ${what}` : 'Copying is not allowed here. Select the text and copy it by hand.', true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setState('idle'), 2000);
  }

  return (
    <Button size="small" onClick={copy} aria-label={`Copy ${what}`} className={styles.button}>
      {state === 'copied' ? <Check /> : <Copy />}
      {state === 'copied' ? 'Copied' : state === 'failed' ? 'Select it' : 'Copy'}
    </Button>
  );
}

/** Lines to paste elsewhere, with a button that copies them all. */
export function CopyBlock({ text, what }: { text: string; what: string }) {
  return (
    <div className={styles.block} dir="ltr">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll sideways, so the keyboard must reach them */}
      <section className={styles.text} tabIndex={0} aria-label={what}>
        <pre>
          <code>{text}</code>
        </pre>
      </section>
      <div className={styles.corner}>
        <CopyButton text={text} what={what} />
      </div>
    </div>
  );
}

async function toClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
