import type HlsType from 'hls.js';
import type { ErrorData } from 'hls.js';

/** Where a stream stands. */
export type StreamState =
  | 'loading'
  | 'ready'
  /** It broke off or has not begun; asked for again by itself. */
  | 'waiting'
  /** This browser cannot play it. */
  | 'unsupported';

export interface Source {
  stop(): void;
  /** Jumps to what is happening now. */
  toLive(): void;
  /** How many seconds behind the stage; undefined for what is not live. */
  behind(): number | undefined;
}

const shortestMs = 2000;
const longestMs = 15_000;

/**
 * Puts a stream on a video element: by the browser itself where it was made for it (Safari), by hls.js elsewhere. A
 * stream that breaks off is asked for again, for as long as the page is open.
 */
export function play(video: HTMLVideoElement, url: string, state: (state: StreamState) => void): Source {
  const native = video.canPlayType('application/vnd.apple.mpegurl') !== '';
  return native && navigator.vendor.startsWith('Apple')
    ? byBrowser(video, url, state)
    : byHls(video, url, native, state);
}

function byBrowser(video: HTMLVideoElement, url: string, state: (state: StreamState) => void): Source {
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ready = () => {
    failures = 0;
    state('ready');
  };
  const failed = () => {
    state('waiting');
    timer = setTimeout(() => {
      video.src = url;
    }, pause(failures++));
  };
  video.addEventListener('loadedmetadata', ready);
  video.addEventListener('error', failed);
  video.src = url;
  const end = () => (video.seekable.length > 0 ? video.seekable.end(video.seekable.length - 1) : undefined);
  return {
    stop: () => {
      clearTimeout(timer);
      video.removeEventListener('loadedmetadata', ready);
      video.removeEventListener('error', failed);
      video.removeAttribute('src');
      video.load();
    },
    toLive: () => {
      const to = end();
      if (to !== undefined) video.currentTime = to;
    },
    behind: () => {
      const to = end();
      return video.duration === Number.POSITIVE_INFINITY && to !== undefined ? to - video.currentTime : undefined;
    },
  };
}

function byHls(video: HTMLVideoElement, url: string, native: boolean, state: (state: StreamState) => void): Source {
  let hls: HlsType | undefined;
  let stopped = false;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let fallback: Source | undefined;
  void import('hls.js').then(
    ({ default: Hls }) => {
      if (stopped) return;
      if (!Hls.isSupported()) {
        if (native) fallback = byBrowser(video, url, state);
        else state('unsupported');
        return;
      }
      // A worker made of a blob would need a wider Content-Security-Policy.
      hls = new Hls({ enableWorker: false, liveDurationInfinity: true });
      hls.on(Hls.Events.MANIFEST_PARSED, () => {
        failures = 0;
        state('ready');
      });
      hls.on(Hls.Events.ERROR, (_: string, data: ErrorData) => {
        if (!data.fatal || !hls) return;
        if (data.type === Hls.ErrorTypes.MEDIA_ERROR && failures === 0) {
          failures++;
          hls.recoverMediaError();
          return;
        }
        state('waiting');
        clearTimeout(timer);
        timer = setTimeout(() => hls?.loadSource(url), pause(failures++));
      });
      hls.attachMedia(video);
      hls.loadSource(url);
    },
    () => state('unsupported'),
  );
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      fallback?.stop();
      hls?.destroy();
    },
    toLive: () => {
      const to = hls?.liveSyncPosition;
      if (to) video.currentTime = to;
      else fallback?.toLive();
    },
    behind: () => {
      if (fallback) return fallback.behind();
      if (!hls?.latestLevelDetails?.live) return undefined;
      return Math.max(0, (hls.liveSyncPosition ?? video.currentTime) - video.currentTime);
    },
  };
}

/** Grows to a quarter of a minute, spread so that a full house does not ask at once. */
function pause(failures: number): number {
  return Math.min(longestMs, shortestMs * 2 ** failures) * (0.75 + Math.random() / 2);
}
