import { AppError, Passes } from '@carillon/web-kit/session';
import { Chime, reach } from '@carillon/web-kit/session/chime';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { useText } from '../../../shared/i18n/useText.ts';
import type { Door } from '../../session/door.ts';
import type { ShowModel, ShowView } from '../../session/show.ts';
import type { Entry } from '../../session/types.ts';
import { NicknameForm } from '../nickname/NicknameForm.tsx';
import styles from './Chat.module.css';
import { ChatPanel } from './ChatPanel.tsx';
import { ChatRoom } from './room.ts';
import type { ChatSettings } from './view.ts';

/**
 * The chat in whatever state it is: it needs to be made ready, and a name. Once there is a room it stays for as long as
 * the page, behind whatever is to be said first: what is written, waiting or hidden in it is not lost.
 */
export default function Chat({
  model,
  door,
  view,
  entry,
  shown,
}: {
  model: ShowModel;
  door: Door;
  view: ShowView;
  entry: Entry;
  /** False while the fan has sent the chat away. */
  shown: boolean;
}) {
  const t = useText();
  const [renaming, setRenaming] = useState(false);
  const { nickname } = entry;
  const { state, maxLength } = entry.chat;
  const { slowSeconds, mode, staff } = view.live;
  const settings = useMemo<ChatSettings>(
    () => ({ nickname, maxLength, slowSeconds, mode, staff, ahead: view.clockAhead }),
    [nickname, maxLength, slowSeconds, mode, staff, view.clockAhead],
  );

  const ready = state === 'ready' && nickname !== null;
  const [begun, begin] = useState(ready);
  if (ready && !begun) begin(true);
  const front = ready && !renaming;
  const seen = shown && front;
  const room = useRoom(model, door, settings, begun, seen);
  useEffect(() => room?.set(settings), [room, settings]);
  useEffect(() => {
    if (ready) room?.start();
    else room?.stop();
  }, [room, ready]);

  // The form goes with the focus in it; the composer takes it.
  const formed = useRef(false);
  useEffect(() => {
    if (state === 'ready' && !front) formed.current = true;
  }, [state, front]);

  return (
    <div className={styles.chat}>
      {state === 'off' || state === 'closed' ? (
        <Quiet title={t(state === 'off' ? 'chatOff' : 'chatClosed')}>
          <p>{t('chatOffNote')}</p>
        </Quiet>
      ) : state === 'preparing' ? (
        <Quiet title={t('chatPreparing')}>
          <p>{t('chatPreparingNote')}</p>
        </Quiet>
      ) : (
        !front && (
          <Quiet title={t('nickTitle')}>
            <div className={styles.nickname}>
              <p className={styles.quietNote}>{t('nickNote')}</p>
              <NicknameForm
                current={nickname}
                save={name => model.rename(name)}
                done={() => setRenaming(false)}
                {...(nickname !== null && { cancel: () => setRenaming(false) })}
              />
            </div>
          </Quiet>
        )
      )}
      {room && (
        <div className={front ? styles.front : styles.behind}>
          <ChatPanel
            room={room}
            door={door}
            view={view}
            entry={entry}
            seen={seen}
            front={front}
            formed={formed}
            rename={() => setRenaming(true)}
          />
        </div>
      )}
    </div>
  );
}

function Quiet({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className={styles.quiet}>
      <h2 className={styles.quietTitle}>{title}</h2>
      {children}
    </div>
  );
}

/** The room, from when it is first needed on; it hears what the device's own line says of the chat. */
function useRoom(
  model: ShowModel,
  door: Door,
  settings: ChatSettings,
  begun: boolean,
  seen: boolean,
): ChatRoom | undefined {
  const [room, setRoom] = useState<ChatRoom>();
  const inSight = useRef(seen);
  // biome-ignore lint/correctness/useExhaustiveDependencies: settings are handed on as they change, not by a new room
  useEffect(() => {
    if (!begun) return;
    const passes = new Passes(async () => {
      await model.settled();
      try {
        return await door.pass();
      } catch (error) {
        if (error instanceof AppError && error.code === 'ChatPreparing') model.notReady();
        throw error;
      }
    });
    const chime = new Chime(passes);
    const made = new ChatRoom(
      {
        me: async () => (await passes.current()).userArn,
        list: (limit, token, window) => chime.list(limit, token, window),
        send: (text, token, metadata) => chime.send(text, token, metadata),
        sessionHost: () => chime.sessionHost(),
        open: (host, events) => chime.open(host, events),
        reach,
      },
      settings,
    );
    // Said before this part of the page was here.
    for (const id of model.removed) made.takeDown(id);
    made.stand(model.snapshot().live.timeout);
    const off = model.onFrame(frame => {
      if (frame.t === 'removed') made.takeDown(frame.messageId);
      else if (frame.t === 'hello') {
        for (const id of frame.removed ?? []) made.takeDown(id);
        made.stand(frame.timeout ?? null);
      } else if (frame.t === 'restored') made.restore(frame.messageId);
      else if (frame.t === 'notice') made.notice(frame);
    });
    const online = () => made.retryNow();
    const looked = () => {
      const visible = document.visibilityState === 'visible';
      made.look(visible && inSight.current);
      // A phone that comes back from another app has slept through every pause.
      if (visible) made.retryNow();
    };
    addEventListener('online', online);
    document.addEventListener('visibilitychange', looked);
    setRoom(made);
    return () => {
      off();
      removeEventListener('online', online);
      document.removeEventListener('visibilitychange', looked);
      made.stop();
    };
  }, [model, door, begun]);
  useEffect(() => {
    inSight.current = seen;
    room?.look(seen && document.visibilityState === 'visible');
  }, [room, seen]);
  return room;
}
