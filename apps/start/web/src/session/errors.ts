import { AppError } from '@carillon/web-kit/http';
import { signInWords } from '@carillon/web-kit/sign-in';

export { AppError };

/** Every code this page can meet, in words: what happened, whether anything was lost, what to do. */
const words: Record<string, string> = {
  // From the page's own endpoints.
  DemoLoopbackOnly: 'The sample chat exists only on the computer that runs Carillon, opened as localhost.',
  DemoUnavailable: 'The sample chat could not be prepared. Nothing was lost; try again in a moment.',
  ...signInWords,

  // From the platform.
  AccessDeniedException: 'This key may not do that.',
  ForbiddenException: 'You may not do that in this channel.',
  NotFoundException: 'This is no longer there.',
  ConflictException: 'This was changed by someone else in the meantime. Look again, then decide.',
  BadRequestException: 'The message was refused as it is: it may be empty, or longer than 4 KB.',
  ResourceLimitExceededException: 'A limit of this server is reached. Nothing was lost.',
  ThrottledClientException: 'That was a little fast. It is tried again by itself.',
  ServiceFailureException: 'The server could not do this just now. Nothing was lost; try again in a moment.',
  ServiceUnavailableException: 'The server is busy. Nothing was lost; try again in a moment.',
  UnauthorizedClientException: 'This key may not do that.',
  ExpiredTokenException: 'The key of this window has run out. Reload the page to get a new one.',
  UnrecognizedClientException: 'The server does not know the key of this window any more. Reload the page.',
  InvalidSignatureException: 'The clocks of this computer and the server differ by more than five minutes.',
  MissingAuthenticationTokenException:
    'The request arrived without its signature. Something between here and the server removed it.',

  // From the message itself.
  TooLong: 'A message holds 4 KB at most. Shorten it, or send it in parts.',
  Denied: 'A channel flow refused this message.',
  Failed: 'A channel flow could not handle this message.',

  QueueFull: 'Five messages wait for the connection. Yours stays in the box until there is room.',

  // From the connection.
  Network: 'The server cannot be reached. What you write waits here.',
  CannotRead: 'The server answered with something this page does not understand. Is another program using this port?',
  '4003': 'The server ended this window’s session: the user was removed, or is open in ten other places.',
  '4401': 'The server did not accept this window’s key.',
};

/** What a person reads. An unknown code is still named, so that it can be looked up. */
export function wordsFor(code: string): string {
  return words[code] ?? `Something unexpected happened (${code}). Nothing you wrote is lost.`;
}
