import { AppError } from '@carillon/web-kit/http';
import { signInWords } from '@carillon/web-kit/sign-in';

/** Every code the console can meet, in words: what happened, what to do. */
const words: Record<string, string> = {
  ...signInWords,
  Network: 'The server cannot be reached. What you see is the last it said.',
  PlatformUnreachable: 'The platform behind this page does not answer. What you see is the last it said.',
  CannotRead: 'The server answered with something this page does not understand. Is another program using this port?',
  NotFoundException: 'This is not there, or no longer.',
  ResourceNotFoundException: 'This function is not there, or no longer.',
  BadRequestException:
    'The server does not take this address. A page of a list is void once the server has started anew: begin at its first.',
  GoneException: 'This connection has ended already.',
  AccessDeniedException: 'The server does not allow this.',
  ServiceUnavailableException: 'The server is busy. It is tried again by itself.',
  TooManyRequestsException: 'That was a little fast. It is tried again by itself.',
};

/** The code of anything thrown. */
export function codeOf(error: unknown): string {
  return error instanceof AppError ? error.code : 'Unknown';
}

/** What a person reads. An unknown code is still named, so that it can be looked up. */
export function wordsFor(code: string): string {
  return words[code] ?? `Something unexpected happened (${code}).`;
}

/** True when asking the same again may well succeed. */
export function passes(code: string): boolean {
  return [
    'Network',
    'PlatformUnreachable',
    'CannotRead',
    'ServiceUnavailableException',
    'TooManyRequestsException',
    'ThrottledClientException',
  ].includes(code);
}
