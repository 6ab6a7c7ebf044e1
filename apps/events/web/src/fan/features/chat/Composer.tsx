import { Button, Icon } from '@carillon/web-kit';
import { type KeyboardEvent, type Ref, useId, useImperativeHandle, useRef, useState } from 'react';
import { useText } from '../../../shared/i18n/useText.ts';
import { useNow } from '../../../shared/useNow.ts';
import styles from './Composer.module.css';
import type { ChatView, Row } from './view.ts';
import { mention, room as roomFor } from './writing.ts';

export interface ComposerHandle {
  focus(): void;
  mention(name: string): void;
  /** Puts a text back to be written anew; what is being written is kept behind it. */
  put(text: string): void;
}

/** Enter sends, Shift+Enter breaks the line. A refused text stays where it is. */
export function Composer({
  ref,
  view,
  maxLength,
  refused,
  replying,
  noReply,
  send,
  changed,
}: {
  ref: Ref<ComposerHandle>;
  view: ChatView;
  maxLength: number;
  refused: boolean;
  /** The message that is answered. */
  replying: Row | undefined;
  noReply: () => void;
  /** @returns true when the text was taken. */
  send: (text: string) => boolean;
  changed: () => void;
}) {
  const t = useText();
  const id = useId();
  const box = useRef<HTMLTextAreaElement>(null);
  const closed = useRef<HTMLParagraphElement>(null);
  const [text, setText] = useState('');
  const { mayWriteAt, mode } = view;
  const now = useNow(250, mayWriteAt !== undefined);
  const seconds = mayWriteAt === undefined ? 0 : Math.ceil((mayWriteAt - now) / 1000);
  const waits = mayWriteAt !== undefined && seconds > 0;
  const left = roomFor(text, maxLength);

  useImperativeHandle(ref, () => ({
    focus: () => (box.current ?? closed.current)?.focus(),
    mention: name => {
      setText(now => mention(now, name));
      box.current?.focus();
    },
    put: again => {
      setText(now => (now.trim() ? `${again} ${now}` : again));
      box.current?.focus();
    },
  }));

  function submit() {
    if (waits || refused) return;
    if (text.trim() && send(text.trim())) setText('');
    box.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent) {
    // A key that ends an input method's composition must not send half a word.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === 'Escape' && replying) noReply();
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      submit();
    }
  }

  if (mode === 'staff')
    return (
      <p ref={closed} tabIndex={-1} className={styles.closed} role="status">
        {t('modeStaff')}
      </p>
    );
  const rule =
    view.timeout !== undefined ? (
      <>
        {t('timedOut')} <bdi>{view.timeout}</bdi>
      </>
    ) : mode === 'emoji' ? (
      t('modeEmoji')
    ) : mode === 'tier' ? (
      t('modeTier')
    ) : view.slowSeconds > 0 ? (
      t('modeSlow', { n: view.slowSeconds })
    ) : undefined;
  return (
    <form
      className={styles.composer}
      onSubmit={event => {
        event.preventDefault();
        submit();
      }}
    >
      <label htmlFor={id} className="visually-hidden">
        {t('writeLabel')}
      </label>
      {replying && (
        <div className={styles.replying}>
          <Icon.Reply />
          <p id={`${id}-to`} className={styles.replyingTo}>
            {t('replyingTo')} <bdi className={styles.replyingName}>{replying.name || t('someone')}</bdi>{' '}
            <bdi>{replying.removed ? t('removed') : replying.message.text}</bdi>
          </p>
          <Button size="small" look="plain" aria-label={t('noReply')} title={t('noReply')} onClick={noReply}>
            <Icon.Close />
          </Button>
        </div>
      )}
      {rule && (
        <p id={`${id}-rule`} className={styles.rule}>
          {rule}
        </p>
      )}
      <textarea
        ref={box}
        id={id}
        className={styles.box}
        rows={1}
        dir="auto"
        enterKeyHint="send"
        placeholder={mode === 'emoji' ? t('writeEmoji') : t('writeLabel')}
        value={text}
        disabled={refused}
        aria-describedby={`${id}-to ${id}-rule ${id}-left`}
        onChange={event => {
          setText(event.target.value);
          changed();
        }}
        onKeyDown={onKeyDown}
      />
      <Button type="submit" look="primary" className={styles.send} aria-disabled={waits || refused}>
        {waits ? (
          <span className={styles.wait}>
            <span className="visually-hidden">{t('sendIn', { n: seconds })}</span>
            <span aria-hidden="true">{t('seconds', { n: seconds })}</span>
          </span>
        ) : (
          <>
            <Icon.Send /> {t('send')}
          </>
        )}
      </Button>
      <p id={`${id}-left`} className={left.left < 0 ? styles.over : styles.left} hidden={!left.tell}>
        {left.left < 0
          ? t(left.unit === 'bytes' ? 'overBytes' : 'over', { n: -left.left })
          : t(left.unit === 'bytes' ? 'leftBytes' : 'left', { n: left.left })}
      </p>
    </form>
  );
}
