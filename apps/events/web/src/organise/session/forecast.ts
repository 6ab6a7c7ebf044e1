import type { Progress } from '../../staff/session/types.ts';
import { clock, dateTime, number } from '../../staff/times.ts';

export interface Forecast {
  title: string;
  note: string | undefined;
  tone: 'good' | 'warn' | 'bad' | 'off';
}

/** What the numbers mean for the evening, in a sentence. Times are the event's. */
export function forecast(p: Progress, zone: string, now: number): Forecast {
  const doors = p.doorsAt
    ? `doors ${Date.parse(p.doorsAt) <= now ? 'opened ' : ''}${near(p.doorsAt, zone, now)}`
    : undefined;
  const with_ = (text: string) => (doors ? `${text}, ${doors}` : text);
  switch (p.state) {
    case 'ready':
      return p.failed > 0
        ? {
            title: with_(`Ready but for ${p.failed === 1 ? 'one ticket' : `${number(p.failed)} tickets`}`),
            note: 'Look at the failures below; those fans would wait at the door.',
            tone: 'warn',
          }
        : {
            title: with_('Everything is ready'),
            note: 'Tickets sold from now on are made within seconds.',
            tone: 'good',
          };
    case 'paused':
      return { title: 'Paused', note: 'Nothing is made while it is paused. What is made stays.', tone: 'warn' };
    case 'clearing':
      return {
        title: `Clearing, ${number(p.removing)} accounts to go`,
        note: `${p.readyAt ? `Gone by about ${near(p.readyAt, zone, now)}. ` : ''}You can leave this page; it goes on by itself.`,
        tone: 'off',
      };
    case 'cleared':
      return { title: 'Cleared', note: 'Nothing of the show is left on the platform.', tone: 'off' };
    case 'idle':
      return { title: with_('Nothing to do'), note: undefined, tone: 'off' };
    case 'working':
      if (!p.readyAt)
        return { title: with_('Working'), note: 'The forecast comes with the first numbers.', tone: 'off' };
      return p.inTime
        ? { title: with_(`Ready by ${near(p.readyAt, zone, now)}`), note: undefined, tone: 'good' }
        : {
            title: with_(`Ready by ${near(p.readyAt, zone, now)}`),
            note: 'That is after the doors open. Those who bought last wait longest: open the doors later, or ask for a higher limit.',
            tone: 'bad',
          };
  }
}

/** The clock alone within a day, else with its date. */
function near(at: string, zone: string, now: number): string {
  return Math.abs(Date.parse(at) - now) < 20 * 3_600_000 ? clock(at, zone) : dateTime(at, zone);
}
