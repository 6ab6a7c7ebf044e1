// Films the test card: node apps/events/api/TestCard/film.mjs [chromium]. Writes card.mp4 beside itself.
//
// A browser draws and encodes (H.264, which every browser plays), so that nothing but the repository's own tests' tools is
// needed. The file is fragmented MP4: what a player reads first, then PIECES fragments of PIECE_SECONDS each, every one
// beginning with a whole picture. All that moves comes back to where it began, so that the last leads to the first.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [width, height, rate] = [640, 360, 20];
const [pieces, pieceSeconds] = [6, 2];
const bitsPerSecond = 90_000;

const browser = await chromium.launch({
  executablePath: process.argv[2] ?? '/usr/bin/chromium',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
const page = await browser.newPage();
// Only a page of a secure origin may encode.
await page.route('https://card.test/', route => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
await page.goto('https://card.test/');
const { description, frames } = await page.evaluate(film, { width, height, rate, pieces, pieceSeconds, bitsPerSecond });
await browser.close();

const samples = frames.map(f => ({ key: f.key, data: Buffer.from(f.base64, 'base64') }));
const perPiece = rate * pieceSeconds;
const parts = [...head(Buffer.from(description, 'base64'))];
for (let n = 0; n < pieces; n++) parts.push(...fragment(n, samples.slice(n * perPiece, (n + 1) * perPiece)));
const file = Buffer.concat(parts);
await writeFile(join(import.meta.dirname, 'card.mp4'), file);
process.stdout.write(`card.mp4: ${file.length} bytes\n`);

/** Draws and encodes, in the browser. */
async function film({ width, height, rate, pieces, pieceSeconds, bitsPerSecond }) {
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext('2d');
  const seconds = pieces * pieceSeconds;
  const frames = [];
  let description = '';
  let failed;
  const base64 = bytes => {
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text);
  };
  const encoder = new VideoEncoder({
    output: (chunk, about) => {
      if (about?.decoderConfig?.description) description = base64(new Uint8Array(about.decoderConfig.description));
      const bytes = new Uint8Array(chunk.byteLength);
      chunk.copyTo(bytes);
      frames.push({ key: chunk.type === 'key', base64: base64(bytes) });
    },
    error: error => {
      failed = error;
    },
  });
  encoder.configure({
    codec: 'avc1.42001f',
    width,
    height,
    framerate: rate,
    bitrate: bitsPerSecond,
    latencyMode: 'quality',
    avc: { format: 'avc' },
  });
  for (let n = 0; n < seconds * rate; n++) {
    draw(n / rate);
    const frame = new VideoFrame(canvas, { timestamp: (n * 1e6) / rate, duration: 1e6 / rate });
    encoder.encode(frame, { keyFrame: n % (rate * pieceSeconds) === 0 });
    frame.close();
    if (encoder.encodeQueueSize > 8) await new Promise(done => setTimeout(done, 20));
  }
  await encoder.flush();
  if (failed) throw failed;
  return { description, frames };

  function draw(time) {
    const swing = 0.42 * Math.sin(Math.PI * time);
    const [x, y] = [width / 2, 96];
    pen.fillStyle = '#14121f';
    pen.fillRect(0, 0, width, height);
    // The seconds of the loop, one dot each.
    for (let n = 0; n < seconds; n++) {
      pen.fillStyle = n === Math.floor(time) ? '#b3a5ff' : '#353049';
      pen.beginPath();
      pen.arc(x + (n - (seconds - 1) / 2) * 30, 306, 6, 0, 7);
      pen.fill();
    }
    pen.fillStyle = '#353049';
    pen.fillRect(x - 120, y - 12, 240, 10);
    pen.save();
    pen.translate(x, y - 6);
    pen.rotate(swing);
    pen.fillStyle = '#e3a857';
    pen.beginPath();
    pen.moveTo(-14, 6);
    pen.bezierCurveTo(-52, 20, -34, 88, -72, 116);
    pen.lineTo(72, 116);
    pen.bezierCurveTo(34, 88, 52, 20, 14, 6);
    pen.closePath();
    pen.fill();
    pen.fillStyle = '#8f5413';
    pen.beginPath();
    pen.arc(-46 * Math.sin(Math.PI * time), 126, 13, 0, 7);
    pen.fill();
    pen.restore();
    pen.fillStyle = '#eeebf7';
    pen.font = '600 22px sans-serif';
    pen.textAlign = 'center';
    pen.fillText('Test card', x, 276);
  }
}

// Boxes of ISO/IEC 14496-12 and -15, as few as a player asks for.

function box(type, ...content) {
  const body = Buffer.concat(content);
  const start = Buffer.alloc(8);
  start.writeUInt32BE(body.length + 8);
  start.write(type, 4, 'latin1');
  return Buffer.concat([start, body]);
}

function full(type, version, flags, ...content) {
  return box(type, u32((version << 24) | flags), ...content);
}

function u32(...values) {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, at * 4);
  return bytes;
}

function u16(...values) {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [at, value] of values.entries()) bytes.writeUInt16BE(value, at * 2);
  return bytes;
}

function head(configuration) {
  const matrix = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
  const name = Buffer.from('Test card\0');
  const entry = box(
    'avc1',
    Buffer.alloc(6),
    u16(1),
    Buffer.alloc(16),
    u16(width, height),
    u32(0x480000, 0x480000, 0),
    u16(1),
    Buffer.alloc(32),
    u16(24, 0xffff),
    box('avcC', configuration),
  );
  const tables = box(
    'stbl',
    full('stsd', 0, 0, u32(1), entry),
    full('stts', 0, 0, u32(0)),
    full('stsc', 0, 0, u32(0)),
    full('stsz', 0, 0, u32(0, 0)),
    full('stco', 0, 0, u32(0)),
  );
  const media = box(
    'mdia',
    full('mdhd', 0, 0, u32(0, 0, timescale(), 0), u16(0x55c4, 0)),
    full('hdlr', 0, 0, u32(0), Buffer.from('vide'), Buffer.alloc(12), name),
    box(
      'minf',
      full('vmhd', 0, 1, Buffer.alloc(8)),
      box('dinf', full('dref', 0, 0, u32(1), full('url ', 0, 1))),
      tables,
    ),
  );
  const track = box(
    'trak',
    full('tkhd', 0, 3, u32(0, 0, 1, 0, 0, 0, 0), u16(0, 0, 0, 0), matrix, u32(width << 16, height << 16)),
    media,
  );
  const moov = box(
    'moov',
    full('mvhd', 0, 0, u32(0, 0, timescale(), 0, 0x10000), u16(0x100, 0), u32(0, 0), matrix, Buffer.alloc(24), u32(2)),
    track,
    box('mvex', full('trex', 0, 0, u32(1, 1, 1, 0, 0))),
  );
  return [box('ftyp', Buffer.from('iso6'), u32(0), Buffer.from('iso6cmfcavc1')), moov];
}

/** Ticks of a second; a frame is a whole number of them. */
function timescale() {
  return rate * 500;
}

function fragment(number, samples) {
  const whole = 0x02000000;
  const depends = 0x01010000;
  const made = offset =>
    box(
      'moof',
      full('mfhd', 0, 0, u32(number + 1)),
      box(
        'traf',
        // Offsets from the moof; one duration for all.
        full('tfhd', 0, 0x020008, u32(1, timescale() / rate)),
        // Eight bytes of time, so that a server may write any.
        full('tfdt', 1, 0, u32(0, number * pieceSeconds * timescale())),
        full(
          'trun',
          0,
          0x000601,
          u32(samples.length, offset),
          ...samples.map(s => u32(s.data.length, s.key ? whole : depends)),
        ),
      ),
    );
  return [made(made(0).length + 8), box('mdat', ...samples.map(s => s.data))];
}
