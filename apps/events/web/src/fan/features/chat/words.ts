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
    case 'BadRequestException':
      return t('errorLong');
    case 'ThrottledClientException':
    case 'ServiceFailureException':
    case 'ServiceUnavailableException':
      return t('errorBusy');
    default:
      return t('errorUnknown', { code });
  }
}
