import { Passes } from '@carillon/web-kit/session';
import { Chime, reach } from '@carillon/web-kit/session/chime';
import { useEffect, useState } from 'react';
import { ChatRoom } from '../../../fan/features/chat/room.ts';
import type { DeskApi } from '../../session/api.ts';
import type { DeskModel } from '../../session/desk.ts';
import type { DeskPage } from '../../session/types.ts';

/** Staff may write at any length that the platform takes comfortably. */
export const maxLength = 1000;

/** The room lives as long as the pane; what the desk hears of removals is seen here at once. */
export function useRoom(api: DeskApi, page: DeskPage, model: DeskModel): ChatRoom | undefined {
  const [room, setRoom] = useState<ChatRoom>();
  const { name } = page;
  useEffect(() => {
    const passes = new Passes(api.pass);
    const chime = new Chime(passes);
    const settings = {
      nickname: name,
      maxLength,
      slowSeconds: 0,
      mode: 'open' as const,
      ahead: 0,
      staff: model.snapshot().staff,
    };
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
    // Whoever keeps order reads everything; samples are for fans.
    made.setShowAll(true);
    const off = model.onFrame(frame => {
      if (frame.t === 'staff') made.set({ ...settings, staff: model.snapshot().staff });
      else if (frame.t === 'removed') made.takeDown(frame.messageId);
      else if (frame.t === 'restored') made.restore(frame.messageId);
    });
    const back = () => {
      if (document.visibilityState === 'visible') made.retryNow();
    };
    addEventListener('online', back);
    document.addEventListener('visibilitychange', back);
    setRoom(made);
    made.start();
    return () => {
      off();
      removeEventListener('online', back);
      document.removeEventListener('visibilitychange', back);
      made.stop();
    };
  }, [api, model, name]);
  return room;
}
