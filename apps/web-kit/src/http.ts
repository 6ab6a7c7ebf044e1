/** An error with a code: one that the server named, one of the page's own, an AWS exception's name, or a close code. */
export class AppError extends Error {
  constructor(readonly code: string) {
    super(code);
    this.name = 'AppError';
  }
}

/** Gets from one of the page's own endpoints. @throws AppError with the code the server named. */
export async function get(path: string, signal?: AbortSignal): Promise<unknown> {
  return ask(path, { ...(signal && { signal }) });
}

/** Posts to one of the page's own endpoints. @throws AppError with the code the server named. */
export async function post(path: string, body: object): Promise<unknown> {
  return ask(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

async function ask(path: string, init: RequestInit): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, cache: 'no-store' });
  } catch {
    throw new AppError('Network');
  }
  return answerOf(response);
}

/** Reads JSON or the code of a refusal. */
export async function answerOf(response: Response): Promise<unknown> {
  let body: unknown;
  try {
    body = response.status === 204 ? {} : await response.json();
  } catch {
    throw new AppError(response.status >= 500 ? 'ServiceUnavailableException' : 'CannotRead');
  }
  if (response.ok) return body;
  const code = (body as { code?: unknown }).code;
  throw new AppError(typeof code === 'string' ? code : 'ServiceUnavailableException');
}
