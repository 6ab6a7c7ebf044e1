/** What is only for those inside comes after them, and each part for itself. */
export const loadWatch = () => import('./WatchPage.tsx');
export const loadWaiting = () => import('../features/waiting/WaitingRoom.tsx');
export const loadEnded = () => import('../features/ended/Ended.tsx');
/** The official clients are larger than the rest of the page: the picture stands and plays before they are here. */
export const loadChat = () => import('../features/chat/Chat.tsx');
/** Only a stream needs the machinery of one. */
export const loadStream = () => import('../features/player/Stream.tsx');

/** Fetches what the doors will need, so that a full house does not ask for it in the second in which they open. */
export function fetchAhead(chat: boolean, stream: boolean): void {
  const parts: (() => Promise<unknown>)[] = [loadWatch];
  if (chat) parts.push(loadChat);
  if (stream) parts.push(loadStream, () => import('hls.js'));
  // What does not come now is asked for again when it is drawn.
  for (const load of parts) load().catch(() => {});
}
