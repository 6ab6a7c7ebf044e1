import { expect, test } from 'vitest';
import { embedOf, type FramedPlayer } from './embed.ts';

const own = 'https://events.example.com';
const of = (kind: FramedPlayer['kind'], url: string) => embedOf({ kind, url }, own)?.src;

test('every way to write a YouTube address leads to the player without cookies', () => {
  for (const url of [
    'dQw4w9WgXcQ',
    'https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3',
    'https://youtu.be/dQw4w9WgXcQ',
    'https://www.youtube.com/live/dQw4w9WgXcQ?feature=share',
    'https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ',
  ])
    expect(of('youtube', url)).toMatch(/^https:\/\/www\.youtube-nocookie\.com\/embed\/dQw4w9WgXcQ\?/);
  for (const url of ['', 'short', 'https://evil.example/watch?v=dQw4w9WgXcQ', 'https://youtu.be/"><script>'])
    expect(of('youtube', url)).toBeUndefined();
});

test('Vimeo’s too, with the hash of what is unlisted', () => {
  expect(of('vimeo', 'https://vimeo.com/76979871')).toBe('https://player.vimeo.com/video/76979871');
  expect(of('vimeo', '76979871')).toBe('https://player.vimeo.com/video/76979871');
  expect(of('vimeo', 'https://vimeo.com/76979871/8272103f6e')).toBe(
    'https://player.vimeo.com/video/76979871?h=8272103f6e',
  );
  expect(of('vimeo', 'https://player.vimeo.com/video/76979871?h=8272103f6e')).toBe(
    'https://player.vimeo.com/video/76979871?h=8272103f6e',
  );
  expect(of('vimeo', 'https://vimeo.example/76979871')).toBeUndefined();
});

test('of other houses only those that are vetted, and never this page itself', () => {
  expect(of('iframe', 'https://iframe.mediadelivery.net/embed/1/2')).toBe('https://iframe.mediadelivery.net/embed/1/2');
  expect(of('iframe', 'https://customer-1.cloudflarestream.com/x/iframe')).toBeDefined();
  for (const url of [
    'http://player.twitch.tv/?channel=x',
    'https://user:pass@player.twitch.tv/',
    'https://player.twitch.tv.evil.example/',
    'https://evilcloudflarestream.com/',
    `${own}/events/`,
    'javascript:alert(1)',
    'data:text/html,x',
  ])
    expect(of('iframe', url), url).toBeUndefined();
});

test('a frame can run its player, and reach nothing of ours', () => {
  const embed = embedOf({ kind: 'youtube', url: 'dQw4w9WgXcQ' }, own);
  expect(embed?.sandbox).not.toMatch(/top-navigation|allow-forms|allow-modals|allow-downloads/);
});
