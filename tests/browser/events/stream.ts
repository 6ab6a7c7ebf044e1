import type { Browser, BrowserContext } from 'playwright-core';

/** A short film as HLS pieces: what a player reads first, and then so many pieces with their seconds. */
export interface Film {
  codecs: string;
  init: Buffer;
  pieces: { data: Buffer; seconds: number }[];
}

const filmMs = 4200;

/** Films a moving canvas in the browser that will play it, so that no codec is missing and no file is kept. */
export async function film(browser: Browser): Promise<Film | undefined> {
  const page = await browser.newPage();
  try {
    const made = await page.evaluate(async ms => {
      const type = ['video/mp4;codecs=vp09.00.10.08', 'video/mp4;codecs=avc1.42E01E'].find(t =>
        MediaRecorder.isTypeSupported(t),
      );
      if (!type) return undefined;
      const canvas = document.createElement('canvas');
      canvas.width = 320;
      canvas.height = 180;
      const draw = canvas.getContext('2d');
      const recorder = new MediaRecorder(canvas.captureStream(15), { mimeType: type, videoBitsPerSecond: 200_000 });
      const parts: Blob[] = [];
      recorder.ondataavailable = event => parts.push(event.data);
      const stopped = new Promise(done => {
        recorder.onstop = done;
      });
      const clock = setInterval(() => {
        if (!draw) return;
        const now = performance.now();
        draw.fillStyle = '#1b1830';
        draw.fillRect(0, 0, 320, 180);
        draw.fillStyle = '#c98a3c';
        draw.beginPath();
        draw.arc(160 + 90 * Math.sin(now / 400), 90, 28, 0, 7);
        draw.fill();
      }, 60);
      recorder.start(1000);
      await new Promise(done => setTimeout(done, ms));
      recorder.stop();
      await stopped;
      clearInterval(clock);
      const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
      let text = '';
      for (const byte of bytes) text += String.fromCharCode(byte);
      return { type, base64: btoa(text) };
    }, filmMs);
    return made && cut(Buffer.from(made.base64, 'base64'), made.type.split('codecs=')[1] ?? '');
  } finally {
    await page.close();
  }
}

/** Cuts a fragmented MP4 at its fragments. */
function cut(file: Buffer, codecs: string): Film | undefined {
  const boxes: { type: string; data: Buffer }[] = [];
  for (let at = 0; at + 8 <= file.length; ) {
    const size = file.readUInt32BE(at) || file.length - at;
    boxes.push({ type: file.toString('latin1', at + 4, at + 8), data: file.subarray(at, at + size) });
    at += size;
  }
  const first = boxes.findIndex(b => b.type === 'moof');
  if (first < 0) return undefined;
  const init = Buffer.concat(boxes.slice(0, first).map(b => b.data));
  const starts: number[] = [];
  const pieces: { data: Buffer; seconds: number }[] = [];
  for (let at = first; at < boxes.length; at++) {
    const box = boxes[at];
    const next = boxes[at + 1];
    if (box?.type !== 'moof' || next?.type !== 'mdat') continue;
    starts.push(startOf(box.data));
    pieces.push({ data: Buffer.concat([box.data, next.data]), seconds: 1 });
  }
  const scale = timescale(init);
  pieces.forEach((piece, n) => {
    const [from, to] = [starts[n] ?? 0, starts[n + 1]];
    piece.seconds = to === undefined ? (pieces[n - 1]?.seconds ?? 1) : (to - from) / scale;
  });
  return { codecs, init, pieces };
}

function startOf(moof: Buffer): number {
  const at = moof.indexOf('tfdt', 0, 'latin1') + 4;
  return moof[at] === 1 ? Number(moof.readBigUInt64BE(at + 4)) : moof.readUInt32BE(at + 4);
}

function timescale(init: Buffer): number {
  const at = init.indexOf('mdhd', 0, 'latin1') + 4;
  return init.readUInt32BE(at + (init[at] === 1 ? 20 : 12));
}

/** Serves the film as a stream that goes on for ever, with captions. `down` answers nothing. */
export async function air(context: BrowserContext, film: Film, at: { down: boolean }): Promise<void> {
  const target = Math.ceil(Math.max(...film.pieces.map(p => p.seconds)));
  const began = Date.now();
  await context.route('https://stream.test/**', route => {
    if (at.down) return route.abort('connectionrefused');
    const name = new URL(route.request().url()).pathname.slice(1);
    const headers = { 'access-control-allow-origin': '*', 'cache-control': 'no-store' };
    const m3u8 = (body: string) =>
      route.fulfill({
        headers,
        contentType: 'application/vnd.apple.mpegurl',
        body: `#EXTM3U\n#EXT-X-VERSION:7\n${body}`,
      });
    if (name === 'live.m3u8')
      return m3u8(`#EXT-X-STREAM-INF:BANDWIDTH=300000,CODECS="${film.codecs}",RESOLUTION=320x180\nmedia.m3u8\n`);
    if (name === 'media.m3u8') {
      // As many pieces as have been aired, and a few from before: a window that moves.
      const pieces = film.pieces.length;
      let aired = pieces * 3;
      for (let ms = Date.now() - began; ms > 0; aired++) ms -= (film.pieces[aired % pieces]?.seconds ?? 1) * 1000;
      const from = aired - pieces * 2;
      let text = `#EXT-X-TARGETDURATION:${target}\n#EXT-X-MEDIA-SEQUENCE:${from}\n`;
      text += `#EXT-X-DISCONTINUITY-SEQUENCE:${Math.floor(from / pieces)}\n#EXT-X-MAP:URI="init.mp4"\n`;
      for (let n = from; n < aired; n++) {
        if (n > from && n % pieces === 0) text += '#EXT-X-DISCONTINUITY\n';
        text += `#EXTINF:${(film.pieces[n % pieces]?.seconds ?? 1).toFixed(3)},\npiece-${n % pieces}.m4s?${n}\n`;
      }
      return m3u8(text);
    }
    if (name === 'init.mp4') return route.fulfill({ headers, contentType: 'video/mp4', body: film.init });
    if (name === 'en.vtt') {
      const cues = Array.from({ length: 600 }, (_, n) => `${clock(n)} --> ${clock(n + 1)}\nBell ${n}\n`).join('\n');
      return route.fulfill({ headers, contentType: 'text/vtt', body: `WEBVTT\n\n${cues}` });
    }
    const piece = film.pieces[Number(/^piece-(\d+)/.exec(name)?.[1] ?? -1)];
    return piece
      ? route.fulfill({ headers, contentType: 'video/mp4', body: piece.data })
      : route.fulfill({ status: 404, headers });
  });
}

function clock(seconds: number): string {
  return `00:${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}.000`;
}
