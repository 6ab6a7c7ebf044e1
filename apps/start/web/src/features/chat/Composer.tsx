import { Button, Icon } from '@carillon/web-kit';
import { type KeyboardEvent, useId, useRef, useState } from 'react';
import styles from './Composer.module.css';
import { contentLimit } from './room.ts';

/** From this many bytes on, what is left is shown. */
const countFrom = contentLimit - 512;

/** Enter sends, Shift+Enter breaks the line, Up in an empty box edits the last message. A refused text stays. */
export function Composer({
  name,
  disabled,
  send,
  editLast,
}: {
  name: string;
  disabled: boolean;
  /** @returns true when the text was taken. */
  send: (text: string) => boolean;
  editLast: () => boolean;
}) {
  const [text, setText] = useState('');
  const box = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const left = contentLimit - new TextEncoder().encode(text).length;

  function submit() {
    if (text.trim() && send(text.trim())) setText('');
    box.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent) {
    // A key that ends an input method's composition must not send half a word.
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      submit();
    } else if (event.key === 'ArrowUp' && text === '' && editLast()) event.preventDefault();
  }

  return (
    <form
      className={styles.composer}
      onSubmit={event => {
        event.preventDefault();
        submit();
      }}
    >
      <label htmlFor={id} className="visually-hidden">
        Write as {name}
      </label>
      <textarea
        ref={box}
        id={id}
        className={styles.box}
        rows={1}
        dir="auto"
        placeholder={`Write as ${name}`}
        value={text}
        disabled={disabled}
        aria-describedby={left < contentLimit - countFrom ? `${id}-left` : undefined}
        onChange={event => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <Button type="submit" look="primary" disabled={disabled} className={styles.send}>
        <Icon.Send /> Send
      </Button>
      {left < contentLimit - countFrom && (
        <p id={`${id}-left`} className={left < 0 ? styles.over : styles.left}>
          {left < 0 ? `${-left} bytes too long` : `${left} bytes left`}
        </p>
      )}
    </form>
  );
}
