import { cx } from '@carillon/web-kit';
import { Check, Choice, Radios, TextField } from '../../../../staff/ui/Form.tsx';
import { readWords } from '../../../../staff/session/api.ts';
import { WordList } from '../../../../staff/WordList.tsx';
import type { StepProps } from '../FormPage.tsx';
import { idOf } from '../ids.ts';
import styles from './Steps.module.css';

/** Offered as buttons: a fan presses one of these. */
const emoji = ['👏', '❤️', '🔥', '😂', '😮', '🎉', '🥹', '🙌', '🎶', '🤘', '💜', '✨'];

export function ChatStep({ values, change, leave, errors, open, published }: StepProps) {
  const chosen = values['chat.reactions'];
  return (
    <>
      <Check
        id={idOf('chat.enabled')}
        label="Fans can chat"
        hint="Without it the page is a player alone."
        checked={values['chat.enabled']}
        disabled={!open}
        change={enabled => change({ 'chat.enabled': enabled })}
      />
      {values['chat.enabled'] && (
        <>
          <Radios
            id={idOf('chat.audience')}
            legend="Audience"
            value={values['chat.audience']}
            disabled={!open || published}
            change={audience => change({ 'chat.audience': audience })}
            options={[
              { value: 'one', name: 'One room', note: 'All fans see each other, up to the limit of the platform.' },
              {
                value: 'parts',
                name: 'Parts of a large house',
                note: 'Up to a million fans in an elastic channel. Fans of different parts do not see each other; artist and staff speak to all.',
              },
            ]}
          />
          {published && <p className={styles.note}>The audience is fixed once the show is published.</p>}
          <Choice
            id={idOf('chat.mode')}
            label="Who may write"
            value={values['chat.mode']}
            disabled={!open}
            change={mode => change({ 'chat.mode': mode })}
            short
            options={[
              { value: 'open', name: 'Everybody' },
              { value: 'emoji', name: 'Everybody, emoji only' },
              { value: 'tier', name: 'All tiers but the first' },
              { value: 'staff', name: 'Artist and staff only' },
            ]}
          />
          <div className={styles.pair}>
            <TextField
              id={idOf('chat.slowSeconds')}
              label="Slow mode"
              hint="Between two messages of one fan; 0 is off."
              inputMode="numeric"
              unit="seconds"
              value={values['chat.slowSeconds']}
              error={errors['chat.slowSeconds']}
              disabled={!open}
              change={text => change({ 'chat.slowSeconds': text })}
              blur={() => leave('chat.slowSeconds')}
            />
            <TextField
              id={idOf('chat.maxLength')}
              label="Longest message"
              hint="1 to 1,000; most say it in 300. An emoji counts as one or more."
              inputMode="numeric"
              unit="characters"
              value={values['chat.maxLength']}
              error={errors['chat.maxLength']}
              disabled={!open}
              change={text => change({ 'chat.maxLength': text })}
              blur={() => leave('chat.maxLength')}
            />
          </div>
          <Check
            id={idOf('chat.holdFirst')}
            label="Hold each fan’s first message for a moderator"
            hint="Once one of them was approved, a fan writes freely. Plan one moderator for about twenty new fans a minute."
            checked={values['chat.holdFirst']}
            disabled={!open}
            change={holdFirst => change({ 'chat.holdFirst': holdFirst })}
          />
          <WordList
            id={idOf('chat.words')}
            words={values['chat.words']}
            change={words => change({ 'chat.words': words })}
            leave={() => leave('chat.words')}
            read={readWords}
            error={errors['chat.words']}
            open={open}
          />
          <Check
            id={idOf('chat.commonWords')}
            label="The words for all shows hold here too"
            hint={
              <>
                They are kept <a href="/events/organise/words">on a page of their own</a>.
              </>
            }
            checked={values['chat.commonWords']}
            disabled={!open}
            change={common => change({ 'chat.commonWords': common })}
          />
        </>
      )}
      <fieldset className={styles.rows} id={idOf('chat.reactions')} tabIndex={-1}>
        <legend className={styles.legend}>Reactions</legend>
        <p className={styles.note}>Up to eight. {chosen.length} chosen.</p>
        <div className={styles.emoji}>
          {[...new Set([...emoji, ...chosen])].map(one => {
            const on = chosen.includes(one);
            return (
              <button
                key={one}
                type="button"
                className={cx(styles.one, on && styles.on)}
                aria-pressed={on}
                disabled={!open || (!on && chosen.length >= 8)}
                onClick={() => change({ 'chat.reactions': on ? chosen.filter(c => c !== one) : [...chosen, one] })}
              >
                {one}
              </button>
            );
          })}
        </div>
        {errors['chat.reactions'] && <p className={styles.error}>{errors['chat.reactions']}</p>}
      </fieldset>
      <p className={styles.note}>Moderators and the artist are invited on the page “Team”.</p>
    </>
  );
}
