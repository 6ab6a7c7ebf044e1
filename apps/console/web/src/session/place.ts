/** What the address says is looked at. */
export type Place =
  | { view: 'apis' }
  | { view: 'api'; api: string }
  | { view: 'functions' }
  | { view: 'function'; name: string }
  | { view: 'none' };

const root = '/console/gateway';

export const apisPath = root;
export const functionsPath = `${root}/functions`;
export const apiPath = (api: string) => `${root}/apis/${encodeURIComponent(api)}`;
export const functionPath = (name: string) => `${functionsPath}/${encodeURIComponent(name)}`;

export function placeOf(path: string): Place {
  const parts = path.replace(/\/+$/, '').split('/').slice(1).map(decoded);
  if (parts[0] !== 'console') return { view: 'none' };
  if (parts.length <= 2) return parts.length === 1 || parts[1] === 'gateway' ? { view: 'apis' } : { view: 'none' };
  const [, , noun, id, ...rest] = parts;
  if (parts[1] !== 'gateway' || rest.length > 0) return { view: 'none' };
  if (noun === 'apis') return id ? { view: 'api', api: id } : { view: 'apis' };
  if (noun === 'functions') return id ? { view: 'function', name: id } : { view: 'functions' };
  return { view: 'none' };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The query with some members changed; what is empty goes. */
export function withQuery(search: string, change: Record<string, string | undefined>): string {
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(change)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const text = query.toString();
  return text ? `?${text}` : '';
}
