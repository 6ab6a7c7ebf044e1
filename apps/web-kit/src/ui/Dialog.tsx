import { type ReactNode, useEffect, useId, useRef } from 'react';
import { Button } from './Button.tsx';
import styles from './Dialog.module.css';
import { Close } from './Icon.tsx';

/**
 * A dialog over the page: focus goes in, stays in, and comes back to where it was; Escape closes it.
 * @param closeName what the closing button is called.
 */
export function Dialog({
  title,
  closeName,
  onClose,
  children,
}: {
  title: string;
  closeName: string;
  onClose: () => void;
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();

  useEffect(() => {
    const before = document.activeElement;
    const element = dialog.current;
    if (!element?.open) element?.showModal();
    return () => {
      element?.close();
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);

  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-labelledby={id}
      onCancel={event => {
        event.preventDefault();
        onClose();
      }}
      onClose={() => {
        // A second Escape is not asked for: Chromium closes the dialog for good.
        if (dialog.current && !dialog.current.open) onClose();
      }}
    >
      <header className={styles.head}>
        <h2 id={id} className={styles.title}>
          {title}
        </h2>
        <Button size="small" look="plain" aria-label={closeName} title={closeName} onClick={onClose}>
          <Close />
        </Button>
      </header>
      {children}
    </dialog>
  );
}
