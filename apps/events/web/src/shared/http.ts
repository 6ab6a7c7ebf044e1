/** A refusal of the app's own API: its status, its code, and whatever else it said. */
export class Refusal extends Error {
  constructor(
    /** 0 when no answer came at all. */
    readonly status: number,
    readonly code: string,
    readonly body: Record<string, unknown> = {},
  ) {
    super(code);
    this.name = 'Refusal';
  }
}

const withinMs = 15_000;

/** Asks the app's own API. @throws Refusal for everything but success; `Network` when no answer came. */
export function call<T>(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object,
  within = withinMs,
): Promise<T> {
  return ask<T>(
    path,
    method === 'GET'
      ? { method }
      : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) },
    within,
  );
}

/** Hands a file to the app's own API. @throws Refusal */
export function upload<T>(path: string, type: string, content: Blob, within = 120_000): Promise<T> {
  return ask<T>(path, { method: 'POST', headers: { 'content-type': type }, body: content }, within);
}

async function ask<T>(path: string, request: RequestInit, within: number): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { ...request, cache: 'no-store', signal: AbortSignal.timeout(within) });
  } catch {
    throw new Refusal(0, 'Network');
  }
  let answer: unknown;
  try {
    answer = response.status === 204 ? {} : await response.json();
  } catch {
    throw new Refusal(response.status, response.ok ? 'CannotRead' : 'Unavailable');
  }
  if (response.ok) return answer as T;
  const fields = typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : {};
  throw new Refusal(response.status, typeof fields.code === 'string' ? fields.code : 'Unavailable', fields);
}

/** Any thrown thing as a refusal. */
export function refusalOf(error: unknown): Refusal {
  return error instanceof Refusal ? error : new Refusal(0, 'Unknown');
}
