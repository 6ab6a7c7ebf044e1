import { Button, cx, Icon } from '@carillon/web-kit';
import type { Message } from '@carillon/web-kit/chat';
import { type FocusEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import styles from './MessageRow.module.css';

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });
const dayOf = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });

interface Props {
  message: Message;
  mine: boolean;
  /** Follows the same person's message closely, so the name is not repeated to the eye. */
  grouped: boolean;
  day: boolean;
  position: number;
  count: number;
  /** This row is the list's tab stop. */
  stop: boolean;
  busy: boolean;
  editing: boolean;
  onFocus: () => void;
  onEdit: () => void;
  onEditEnd: () => void;
  edit: (text: string) => Promise<boolean>;
  redact: () => Promise<boolean>;
}

/** One message. Its text stays text: nothing in it becomes a link or markup. */
export function MessageRow(props: Props) {
  const { message, mine, grouped, stop, editing } = props;
  const [removing, setRemoving] = useState(false);
  const row = useRef<HTMLLIElement>(null);
  const acts = mine && !message.redacted && !editing && !removing;

  // What is scrolled to by keyboard must not stay hidden behind the list's edge.
  function onFocus(event: FocusEvent) {
    props.onFocus();
    if (event.target === row.current) row.current?.scrollIntoView({ block: 'nearest' });
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.target === row.current && event.key === 'Enter' && acts) {
      event.preventDefault();
      row.current?.querySelector('button')?.focus();
    } else if (event.key === 'Escape' && event.target !== row.current) {
      setRemoving(false);
      row.current?.focus();
    }
  }

  return (
    <li
      ref={row}
      className={cx(styles.row, mine && styles.mine, grouped && styles.grouped)}
      data-id={message.id}
      tabIndex={stop ? 0 : -1}
      aria-posinset={props.position}
      aria-setsize={props.count}
      onFocus={onFocus}
      onKeyDown={onKeyDown}
    >
      {props.day && <p className={styles.day}>{dayOf.format(message.createdAt)}</p>}
      <p className={cx(styles.by, grouped && 'visually-hidden')}>
        <bdi className={styles.name}>{message.sender.name || 'Someone'}</bdi>
        <time dateTime={new Date(message.createdAt).toISOString()} title={whole.format(message.createdAt)}>
          {clock.format(message.createdAt)}
        </time>
      </p>
      {editing ? (
        <Editor text={message.text} busy={props.busy} save={props.edit} end={props.onEditEnd} />
      ) : (
        <div className={styles.line}>
          <div className={styles.bubble}>
            {message.redacted ? (
              <p className={styles.removed}>This message was removed</p>
            ) : (
              <p dir="auto" className={styles.text}>
                {message.text}
                {message.edited && <span className={styles.edited}> (edited)</span>}
              </p>
            )}
          </div>
          {acts && (
            <div className={styles.acts}>
              <Button size="small" look="plain" tabIndex={stop ? 0 : -1} disabled={props.busy} onClick={props.onEdit}>
                <Icon.Pencil /> Edit
              </Button>
              <Button
                size="small"
                look="plain"
                tabIndex={stop ? 0 : -1}
                disabled={props.busy}
                onClick={() => setRemoving(true)}
              >
                <Icon.Trash /> Remove
              </Button>
            </div>
          )}
        </div>
      )}
      {removing && !message.redacted && (
        <Confirm
          busy={props.busy}
          keep={() => {
            setRemoving(false);
            row.current?.focus();
          }}
          remove={async () => {
            await props.redact();
            setRemoving(false);
            row.current?.focus();
          }}
        />
      )}
    </li>
  );
}

function Confirm({ busy, keep, remove }: { busy: boolean; keep: () => void; remove: () => void }) {
  const first = useRef<HTMLFieldSetElement>(null);
  useEffect(() => {
    first.current?.scrollIntoView({ block: 'nearest' });
    first.current?.querySelector('button')?.focus({ preventScroll: true });
  }, []);
  return (
    <fieldset ref={first} className={styles.confirm} aria-label="Remove this message">
      <span>Remove it for everyone? Its text is erased; others see that a message was here.</span>
      <div className={styles.confirmActs}>
        <Button size="small" look="danger" disabled={busy} onClick={remove}>
          Remove
        </Button>
        <Button size="small" onClick={keep}>
          Keep
        </Button>
      </div>
    </fieldset>
  );
}

function Editor({
  text,
  busy,
  save,
  end,
}: {
  text: string;
  busy: boolean;
  save: (text: string) => Promise<boolean>;
  end: () => void;
}) {
  const [draft, setDraft] = useState(text);
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    box.current?.closest('li')?.scrollIntoView({ block: 'nearest' });
    box.current?.focus({ preventScroll: true });
    box.current?.setSelectionRange(box.current.value.length, box.current.value.length);
  }, []);

  async function submit() {
    const next = draft.trim();
    if (!next) return;
    if (next === text || (await save(next))) end();
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Escape') {
      event.stopPropagation();
      end();
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void submit();
    }
  }

  return (
    <div className={styles.editor}>
      <textarea
        ref={box}
        className={styles.editBox}
        aria-label="Edit message"
        dir="auto"
        rows={1}
        value={draft}
        onChange={event => setDraft(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className={styles.confirmActs}>
        <Button size="small" look="primary" disabled={busy || !draft.trim()} onClick={() => void submit()}>
          Save
        </Button>
        <Button size="small" onClick={end}>
          Cancel
        </Button>
      </div>
    </div>
  );
}
