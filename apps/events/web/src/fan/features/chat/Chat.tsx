import { AppError, Passes } from '@carillon/web-kit/session';
import { Chime, reach } from '@carillon/web-kit/session/chime';
import { useEffect, useMemo, useState } from 'react';
import { useLocale, useText } from '../../../shared/i18n/useText.ts';
import { dayAndTime, ownZone } from '../../../shared/time.ts';
import type { Door } from '../../session/door.ts';
import type { ShowModel, ShowView } from '../../session/show.ts';
import type { Entry, Timeout } from '../../session/types.ts';
import { NicknameForm } from '../nickname/NicknameForm.tsx';
import styles from './Chat.module.css';
import { ChatPanel } from './ChatPanel.tsx';
import { ChatRoom } from './room.ts';
import type { ChatSettings } from './view.ts';

/** The chat in whatever state it is: it needs to be made ready, a name, and a fan who may be here. */
export default function Chat({
  model,
  door,
  view,
  entry,
}: {
  model: ShowModel;
  door: Door;
  view: ShowView;
  entry: Entry;
}) {
  const t = useText();
  const locale = useLocale();
  const [renaming, setRenaming] = useState(false);
  const { state } = entry.chat;

  if (view.banned)
    return (
      <Quiet title={t('chatBanned')}>
        <p>
          {view.banned.until
            ? t('bannedUntil', { until: dayAndTime(Date.parse(view.banned.until), ownZone(), locale) })
            : t('chatBannedNote')}
        </p>
        {view.banned.reason && <p>{t('reasonIs', { reason: view.banned.reason })}</p>}
      </Quiet>
    );
  if (state === 'off' || state === 'closed')
    return (
      <Quiet title={t(state === 'off' ? 'chatOff' : 'chatClosed')}>
        <p>{t('chatOffNote')}</p>
      </Quiet>
    );
  if (state === 'preparing')
    return (
      <Quiet title={t('chatPreparing')}>
        <p>{t('chatPreparingNote')}</p>
      </Quiet>
    );
  if (!entry.nickname || renaming)
    return (
      <Quiet title={t('nickTitle')}>
        <div className={styles.nickname}>
          <p className={styles.quietNote}>{t('nickNote')}</p>
          <NicknameForm
            current={entry.nickname}
            save={nickname => model.rename(nickname)}
            done={() => setRenaming(false)}
          />
        </div>
      </Quiet>
    );
  return <Inside model={model} door={door} view={view} entry={entry} rename={() => setRenaming(true)} />;
}

function Quiet({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <div className={styles.quiet}>
      <h2 className={styles.quietTitle}>{title}</h2>
      {children}
    </div>
  );
}

function Inside({
  model,
  door,
  view,
  entry,
  rename,
}: {
  model: ShowModel;
  door: Door;
  view: ShowView;
  entry: Entry;
  rename: () => void;
}) {
  const { slowSeconds, mode, staff } = view.live;
  const { nickname } = entry;
  const { maxLength } = entry.chat;
  const settings = useMemo<ChatSettings>(
    () => ({ nickname, maxLength, slowSeconds, mode, staff, ahead: view.clockAhead }),
    [nickname, maxLength, slowSeconds, mode, staff, view.clockAhead],
  );
  const room = useRoom(model, door, settings);
  useEffect(() => room?.set(settings), [room, settings]);
  return room ? <ChatPanel room={room} door={door} view={view} entry={entry} rename={rename} /> : null;
}

/** The room lives as long as the panel, and hears what the device's own line says of the chat. */
function useRoom(model: ShowModel, door: Door, settings: ChatSettings): ChatRoom | undefined {
  const [room, setRoom] = useState<ChatRoom>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: settings are handed on as they change, not by a new room
  useEffect(() => {
    const passes = new Passes(async () => {
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
    // Times are by the server's clock, which this device's may not keep.
    const own = (until: string) => new Date(Date.parse(until) - model.snapshot().clockAhead).toISOString();
    const stand = (timeout: Timeout | null | undefined) =>
      made.stand(timeout ? { ...timeout, until: own(timeout.until) } : null);
    stand(model.snapshot().live.timeout);
    const off = model.onFrame(frame => {
      if (frame.t === 'removed') made.takeDown(frame.messageId);
      else if (frame.t === 'hello') {
        for (const id of frame.removed ?? []) made.takeDown(id);
        stand(frame.timeout);
      } else if (frame.t === 'restored') made.restore(frame.messageId);
      else if (frame.t === 'notice') made.notice(frame.until ? { ...frame, until: own(frame.until) } : frame);
    });
    const online = () => made.retryNow();
    const seen = () => {
      const visible = document.visibilityState === 'visible';
      made.look(visible);
      // A phone that comes back from another app has slept through every pause.
      if (visible) made.retryNow();
    };
    addEventListener('online', online);
    document.addEventListener('visibilitychange', seen);
    setRoom(made);
    made.start();
    return () => {
      off();
      removeEventListener('online', online);
      document.removeEventListener('visibilitychange', seen);
      made.stop();
    };
  }, [model, door]);
  return room;
}
