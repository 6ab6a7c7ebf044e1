import { Button } from '@carillon/web-kit';
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import styles from './Confirm.module.css';

/** Asks before something that cannot be undone. Escape keeps everything; the focus returns where it was. */
export function Confirm({
  title,
  act,
  children,
  onAct,
  onKeep,
}: {
  title: string;
  /** What the button says that does it. */
  act: string;
  children: ReactNode;
  onAct: () => void;
  onKeep: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Closed while it is still part of the page: else the focus has nowhere to return from.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-labelledby={id}
      onCancel={event => {
        event.preventDefault();
        onKeep();
      }}
    >
      <h2 id={id} className={styles.title}>
        {title}
      </h2>
      <div className={styles.body}>{children}</div>
      <div className={styles.actions}>
        <Button onClick={onKeep}>Keep</Button>
        <Button look="danger" onClick={onAct}>
          {act}
        </Button>
      </div>
    </dialog>
  );
}
