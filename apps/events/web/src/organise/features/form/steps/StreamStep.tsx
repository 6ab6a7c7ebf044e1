import { Button, Icon } from '@carillon/web-kit';
import { embedHouses } from '../../../../shared/embed.ts';
import { Radios, TextField } from '../../../../staff/ui/Form.tsx';
import type { StepProps } from '../FormPage.tsx';
import { idOf } from '../ids.ts';
import styles from './Steps.module.css';

export function StreamStep({ values, change, leave, errors, open }: StepProps) {
  const kind = values['player.kind'];
  const captions = values['player.captions'];
  const hints = {
    hls: 'Begins with https:// and ends in .m3u8 as a rule. It has to allow this site to read it (CORS).',
    youtube: 'The address of the video or live stream, as the browser shows it.',
    vimeo: 'The address of the video or event, as the browser shows it.',
    iframe: `The address of the player’s own page, at one of ${embedHouses.join(', ')}.`,
    none: '',
  };
  return (
    <>
      <Radios
        id={idOf('player.kind')}
        legend="Player"
        value={kind}
        disabled={!open}
        change={next => change({ 'player.kind': next })}
        options={[
          { value: 'hls', name: 'HLS stream', note: 'Our own player, with captions and picture in picture.' },
          { value: 'youtube', name: 'YouTube' },
          { value: 'vimeo', name: 'Vimeo' },
          { value: 'iframe', name: 'Another player', note: 'Shown in a frame that may do nothing but play.' },
          { value: 'none', name: 'No player', note: 'A chat alone, beside a still picture.' },
        ]}
      />
      {kind !== 'none' && (
        <TextField
          id={idOf('player.url')}
          label="Address of the stream"
          hint={hints[kind]}
          type="url"
          inputMode="url"
          value={values['player.url']}
          error={errors['player.url']}
          disabled={!open}
          change={url => change({ 'player.url': url }, 'player.url')}
          blur={() => leave('player.url')}
        />
      )}
      {kind === 'hls' && (
        <fieldset className={styles.rows} id={idOf('player.captions')} tabIndex={-1}>
          <legend className={styles.legend}>Captions</legend>
          <p className={styles.note}>WebVTT files. Captions inside the stream are found without being named here.</p>
          {captions.map((caption, index) => {
            const put = (part: Partial<typeof caption>) =>
              change({ 'player.captions': captions.map((c, i) => (i === index ? { ...c, ...part } : c)) });
            const leaveIt = () => leave('player.captions');
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
              <div key={index} className={styles.caption}>
                <TextField
                  label="Language"
                  placeholder="en"
                  value={caption.lang}
                  disabled={!open}
                  change={lang => put({ lang })}
                  blur={leaveIt}
                />
                <TextField
                  label="Name"
                  placeholder="English"
                  value={caption.label}
                  disabled={!open}
                  change={label => put({ label })}
                  blur={leaveIt}
                />
                <TextField
                  label="Address"
                  type="url"
                  value={caption.url}
                  disabled={!open}
                  change={url => put({ url })}
                  blur={leaveIt}
                />
                {open && (
                  <Button
                    look="plain"
                    aria-label={`Remove captions ${index + 1}`}
                    title="Remove"
                    onClick={() => change({ 'player.captions': captions.filter((_, i) => i !== index) })}
                  >
                    <Icon.Trash />
                  </Button>
                )}
              </div>
            );
          })}
          {errors['player.captions'] && <p className={styles.error}>{errors['player.captions']}</p>}
          {open && captions.length < 20 && (
            <div>
              <Button
                size="small"
                onClick={() => change({ 'player.captions': [...captions, { lang: '', label: '', url: '' }] })}
              >
                <Icon.Captions /> Add captions
              </Button>
            </div>
          )}
        </fieldset>
      )}
    </>
  );
}
