import { AppError } from '@carillon/web-kit/session';

/** Posts to one of the page's own endpoints. @throws AppError with the code the server named. */
export async function post(path: string, body: object): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      cache: 'no-store',
    });
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
