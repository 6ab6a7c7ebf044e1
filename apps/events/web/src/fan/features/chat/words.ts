import type { Text } from '../../../shared/i18n/language.ts';

/** What a refusal of the chat says: what happened, whether anything was lost. */
export function chatWords(code: string, t: Text): string {
  switch (code) {
    case 'Empty':
      return t('errorEmpty');
    case 'TooLong':
      return t('errorLong');
    case 'EmojiOnly':
      return t('errorEmoji');
    case 'StaffOnly':
      return t('errorStaff');
    case 'ChatPreparing':
      return t('chatPreparing');
    case 'Slow':
      return t('errorSlow');
    case 'QueueFull':
      return t('errorQueue');
    case 'Network':
      return t('errorNetwork');
    case 'Denied':
      return t('errorDenied');
    case 'Failed':
      return t('errorFailed');
    case 'ForbiddenException':
    case 'AccessDeniedException':
    case 'UnauthorizedClientException':
      return t('errorForbidden');
    case 'OnAnotherDevice':
      return t('movedTitle');
    case 'Banned':
      return t('chatBanned');
    case 'Ended':
      return t('chatClosed');
    case 'ChatOff':
      return t('chatOff');
    case 'NotEntered':
    case 'Revoked':
    case 'NotFound':
      return t('errorTicket');
    case 'NicknameNeeded':
      return t('nickEmpty');
    case 'BadRequestException':
      return t('errorLong');
    case 'ThrottledClientException':
    case 'ServiceFailureException':
    case 'ServiceUnavailableException':
    // Something between here and the server answered in its place.
    case 'CannotRead':
    case 'Unavailable':
      return t('errorBusy');
    default:
      return t('errorUnknown', { code });
  }
}

/** Why a message was held back, as the event's rules name it; a moderator's own reason as it was typed. */
export function whyWords(reason: string | undefined, t: Text): string {
  switch (reason) {
    case undefined:
    case '':
      return '';
    case 'word':
      return t('whyWord');
    case 'long':
      return t('errorLong');
    case 'slow':
      return t('errorSlow');
    case 'queue':
      return t('whyQueue');
    case 'flood':
      return t('whyFlood');
    case 'repeat':
      return t('whyRepeat');
    case 'mode':
    case 'form':
      return t('whyMode');
    case 'off':
      return t('chatClosed');
    case 'banned':
      return t('chatBanned');
    case 'timeout':
      return t('timedOut');
    case 'expired':
      return t('whyExpired');
    case 'moderator':
      return t('whyModerator');
    default:
      return t('reasonIs', { reason });
  }
}
