import hosts from './embed-hosts.json' with { type: 'json' };

/** As the organiser said. */
export interface FramedPlayer {
  kind: 'hls' | 'youtube' | 'vimeo' | 'iframe' | 'none';
  url: string | null;
}

/** What a vetted player of another house is allowed to be, or why it is none. */
export type Embed = { src: string; sandbox: string; allow: string } | undefined;

const allow = 'autoplay; encrypted-media; fullscreen; picture-in-picture';
// Its own origin, so that its player works; nothing that reaches this page, its top, or its downloads.
const sandbox = 'allow-scripts allow-same-origin allow-presentation allow-popups allow-popups-to-escape-sandbox';

/** Houses whose players may be shown as they are; the server's check and its policy read the same list. A name with a dot in front stands for all below it. */
const houses: readonly string[] = hosts;

/** The list as people read it. */
export const embedHouses: readonly string[] = houses.map(h => h.replace(/^\./, ''));

/** @param own the page's own origin, which no frame may have: in it the sandbox would be none. */
export function embedOf(player: FramedPlayer, own: string): Embed {
  const address = player.url ?? '';
  const url = parse(address);
  if (player.kind === 'youtube') {
    const id = youtubeId(address, url);
    const query = 'playsinline=1&rel=0&cc_load_policy=1';
    return id ? { src: `https://www.youtube-nocookie.com/embed/${id}?${query}`, sandbox, allow } : undefined;
  }
  if (player.kind === 'vimeo') {
    const found = vimeoId(address, url);
    return found ? { src: `https://player.vimeo.com/video/${found}`, sandbox, allow } : undefined;
  }
  if (player.kind !== 'iframe' || url?.protocol !== 'https:' || url.username || url.password || url.port)
    return undefined;
  if (url.origin === own || !houses.some(h => (h.startsWith('.') ? url.hostname.endsWith(h) : url.hostname === h)))
    return undefined;
  return { src: url.href, sandbox, allow };
}

function youtubeId(text: string, url: URL | undefined): string | undefined {
  const id = !url
    ? text
    : url.hostname === 'youtu.be'
      ? url.pathname.slice(1)
      : /^(www\.|m\.)?youtube(-nocookie)?\.com$/.test(url.hostname)
        ? (url.searchParams.get('v') ?? /^\/(?:embed|live|shorts)\/([^/]+)/.exec(url.pathname)?.[1])
        : undefined;
  return id && /^[\w-]{11}$/.test(id) ? id : undefined;
}

/** An unlisted video has a second part, its hash. */
function vimeoId(text: string, url: URL | undefined): string | undefined {
  const path = !url ? text : /^(player\.|www\.)?vimeo\.com$/.test(url.hostname) ? url.pathname : '';
  const found = /(?:^|\/)(\d{5,12})(?:\/(\w{6,20}))?\/?$/.exec(path);
  const hash = found?.[2] ?? (url?.searchParams.get('h')?.match(/^\w{6,20}$/) ?? [])[0];
  return found ? `${found[1]}${hash ? `?h=${hash}` : ''}` : undefined;
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
