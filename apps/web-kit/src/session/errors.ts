import { AppError } from '../http.ts';

export { AppError };

/** What the platform refuses with, by name; each page has its own words for them. */
const platform = new Set([
  'AccessDeniedException',
  'ForbiddenException',
  'NotFoundException',
  'ConflictException',
  'BadRequestException',
  'ResourceLimitExceededException',
  'ThrottledClientException',
  'ServiceFailureException',
  'ServiceUnavailableException',
  'UnauthorizedClientException',
  'ExpiredTokenException',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
]);

/** The code of anything thrown: ours, an AWS exception's name, or `Network` when no answer came at all. */
export function codeOf(error: unknown): string {
  if (error instanceof AppError) return error.code;
  if (typeof error !== 'object' || error === null) return 'Unknown';
  const { name, code, $metadata } = error as {
    name?: unknown;
    code?: unknown;
    $metadata?: { httpStatusCode?: number };
  };
  if (typeof code === 'number') return String(code);
  if (typeof name === 'string' && platform.has(name)) return name;
  const status = $metadata?.httpStatusCode;
  if (status === undefined) return 'Network';
  if (status === 429) return 'ThrottledClientException';
  return status >= 500 ? 'ServiceUnavailableException' : typeof name === 'string' ? name : 'Unknown';
}

/** True when trying the same again later may well succeed. */
export function passes(code: string): boolean {
  return [
    'Network',
    'ThrottledClientException',
    'ServiceFailureException',
    'ServiceUnavailableException',
    // One's account on the platform is being made.
    'ChatPreparing',
  ].includes(code);
}
