// Rings the test card's bell: node apps/events/api/TestCard/sound.mjs FFMPEG. Writes sound.mp4 beside itself.
//
// Browsers on Linux encode no AAC, so this takes any ffmpeg, once; nothing asks for one later. The bell swings once a second
// to and fro (film.mjs), and rings as it turns. The file is fragmented MP4 like the film's, of as many pieces; a piece is
// not a whole number of AAC's frames, so that pieces differ by one frame, and only all of them together take as long as the film.
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const [rate, frameLength] = [32_000, 1024];
const [pieces, pieceSeconds] = [6, 2];
const seconds = pieces * pieceSeconds;
const perLoop = (seconds * rate) / frameLength;
/** The peak, of full scale: it is to be heard and to startle nobody. */
const loudness = 0.16;

const ffmpeg = process.argv[2] ?? 'ffmpeg';
// Three times over, and the middle is taken: there the last frame leads to the first.
const loop = ring();
const samples = Buffer.concat([loop, loop, loop]);
const encoded = spawnSync(
  ffmpeg,
  ['-f', 'f32le', '-ar', String(rate), '-ac', '1', '-i', '-', '-c:a', 'aac', '-b:a', '40k', '-f', 'adts', '-'],
  { input: samples, maxBuffer: 1 << 26 },
);
if (encoded.status !== 0) throw new Error(String(encoded.stderr));
const frames = framesOf(encoded.stdout);
// The encoder's first frame is heard before anything was said (its overlap).
const loopFrames = frames.slice(perLoop + 1, 2 * perLoop + 1);
if (loopFrames.length !== perLoop) throw new Error(`${frames.length} frames`);

const parts = [...head()];
for (let n = 0; n < pieces; n++) parts.push(...fragment(n, loopFrames.slice(startOf(n), startOf(n + 1))));
const file = Buffer.concat(parts);
await writeFile(join(import.meta.dirname, 'sound.mp4'), file);
process.stdout.write(`sound.mp4: ${file.length} bytes\n`);

/** The frame that a piece begins with: the first that begins in it. */
function startOf(piece) {
  return Math.ceil((piece * perLoop) / pieces);
}

/** A small bell a second, alternately of two pitches; what still sounds at the end goes on at the beginning. */
function ring() {
  const count = seconds * rate;
  const mixed = new Float64Array(count);
  // A bell's partials: hum, prime, third, fifth, octave, and two above; with loudness and how fast each dies away.
  const partials = [
    [0.5, 0.5, 1.1],
    [1, 0.8, 1.6],
    [1.19, 0.35, 2.2],
    [1.5, 0.25, 2.6],
    [2, 0.5, 2.8],
    [2.51, 0.16, 4],
    [3.01, 0.1, 5],
  ];
  for (let stroke = 0; stroke < seconds; stroke++) {
    const prime = stroke % 2 ? 392 : 440;
    const from = Math.round((stroke + 0.5) * rate);
    for (let n = 0; n < 5 * rate; n++) {
      const t = n / rate;
      let value = 0;
      for (const [ratio, part, decay] of partials)
        value += part * Math.exp(-decay * t) * Math.sin(2 * Math.PI * prime * ratio * t);
      mixed[(from + n) % count] += value * Math.min(1, t / 0.006);
    }
  }
  const peak = mixed.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return Buffer.from(Float32Array.from(mixed, value => (value / peak) * loudness).buffer);
}

/** Raw AAC out of its ADTS headers. */
function framesOf(adts) {
  const found = [];
  for (let at = 0; at + 7 <= adts.length; ) {
    const length = ((adts[at + 3] & 3) << 11) | (adts[at + 4] << 3) | (adts[at + 5] >> 5);
    found.push(adts.subarray(at + (adts[at + 1] & 1 ? 7 : 9), at + length));
    at += length;
  }
  return found;
}

// Boxes of ISO/IEC 14496-12 and -14, as few as a player asks for.

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

function descriptor(tag, ...content) {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag, body.length]), body]);
}

function head() {
  const matrix = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
  const name = Buffer.from('Test card\0');
  // AAC-LC (2), 32 kHz (index 5), one channel.
  const configuration = u16((2 << 11) | (5 << 7) | (1 << 3));
  const decoder = descriptor(4, Buffer.from([0x40, 0x15, 0, 0, 0]), u32(64_000, 40_000), descriptor(5, configuration));
  const entry = box(
    'mp4a',
    Buffer.alloc(6),
    u16(1),
    Buffer.alloc(8),
    u16(1, 16, 0, 0),
    u32(rate << 16),
    full('esds', 0, 0, descriptor(3, u16(1), Buffer.from([0]), decoder, descriptor(6, Buffer.from([2])))),
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
    full('mdhd', 0, 0, u32(0, 0, rate, 0), u16(0x55c4, 0)),
    full('hdlr', 0, 0, u32(0), Buffer.from('soun'), Buffer.alloc(12), name),
    box('minf', full('smhd', 0, 0, u32(0)), box('dinf', full('dref', 0, 0, u32(1), full('url ', 0, 1))), tables),
  );
  const track = box(
    'trak',
    full('tkhd', 0, 3, u32(0, 0, 1, 0, 0, 0, 0), u16(0, 0, 0x100, 0), matrix, u32(0, 0)),
    media,
  );
  const moov = box(
    'moov',
    full('mvhd', 0, 0, u32(0, 0, rate, 0, 0x10000), u16(0x100, 0), u32(0, 0), matrix, Buffer.alloc(24), u32(2)),
    track,
    box('mvex', full('trex', 0, 0, u32(1, 1, frameLength, 0, 0))),
  );
  return [box('ftyp', Buffer.from('iso6'), u32(0), Buffer.from('iso6cmfcmp41')), moov];
}

function fragment(number, samples) {
  const made = offset =>
    box(
      'moof',
      full('mfhd', 0, 0, u32(number + 1)),
      box(
        'traf',
        // Offsets from the moof; one duration for all.
        full('tfhd', 0, 0x020008, u32(1, frameLength)),
        // Eight bytes of time, so that a server may write any.
        full('tfdt', 1, 0, u32(0, startOf(number) * frameLength)),
        full('trun', 0, 0x000201, u32(samples.length, offset), ...samples.map(s => u32(s.length))),
      ),
    );
  return [made(made(0).length + 8), box('mdat', ...samples)];
}
