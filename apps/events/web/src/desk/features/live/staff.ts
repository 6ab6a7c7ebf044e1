import type { Staff } from '../../../fan/session/types.ts';

/** The fan's room marks by a roster; the desk marks by `kindOf`, and hands in none. */
export function staffOf(): readonly Staff[] {
  return [];
}

/** Staff by their user's name, which the app alone gives out: a fan's begins with `t-`. */
export function kindOf(userArn: string): Staff['kind'] | undefined {
  const user = userArn.split('/user/')[1] ?? '';
  return user.startsWith('artist-') ? 'artist' : user.startsWith('mod-') ? 'moderator' : undefined;
}
