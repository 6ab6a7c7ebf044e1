import type { OrganisedShow } from '../../staff/session/types.ts';

/** A whole definition for tests to change. */
export function sampleShow(part: Partial<OrganisedShow> = {}): OrganisedShow {
  return {
    id: 'a1b2c3d4e5f6',
    slug: 'night-bells',
    version: 1,
    state: 'draft',
    phase: 'announced',
    title: 'Night bells',
    artist: 'Mara Lind',
    about: '',
    pictureUrl: null,
    zone: 'Europe/Berlin',
    startsAt: '2026-12-05T19:00:00Z',
    doorsAt: '2026-12-05T18:30:00Z',
    endsAt: '2026-12-05T21:00:00Z',
    player: { kind: 'hls', url: 'https://cdn.example/live.m3u8', captions: [] },
    tickets: { tiers: ['standard'], planned: 5000 },
    chat: {
      enabled: true,
      audience: 'one',
      slowSeconds: 0,
      mode: 'open',
      maxLength: 300,
      reactions: ['👏', '❤️'],
      words: [],
      commonWords: true,
      holdFirst: false,
    },
    ...part,
  };
}
