import { Button, Dialog } from '@carillon/web-kit';
import { useText } from '../../../shared/i18n/useText.ts';
import { Choices } from '../../../shared/ui/Frame.tsx';
import styles from './ChatSettingsDialog.module.css';
import type { ChatRoom } from './room.ts';
import type { ChatView } from './view.ts';
import type { Choice } from './speaker.ts';

const voices: readonly { choice: Choice; key: 'voiceAll' | 'voiceMentions' | 'voiceOff' }[] = [
  { choice: 'all', key: 'voiceAll' },
  { choice: 'mentions', key: 'voiceMentions' },
  { choice: 'off', key: 'voiceOff' },
];

/** How the chat is read: aloud, whole or in part, and by what name one is called. */
export function ChatSettingsDialog({
  room,
  view,
  voice,
  setVoice,
  nickname,
  rename,
  close,
}: {
  room: ChatRoom;
  view: ChatView;
  voice: Choice;
  setVoice: (choice: Choice) => void;
  nickname: string;
  rename: () => void;
  close: () => void;
}) {
  const t = useText();
  return (
    <Dialog title={t('chatSettings')} closeName={t('close')} onClose={close}>
      <fieldset className={styles.group}>
        <legend className={styles.legend}>{t('voiceTitle')}</legend>
        {voices.map(({ choice, key }) => (
          <label key={choice} className={styles.choice}>
            <input type="radio" name="voice" checked={voice === choice} onChange={() => setVoice(choice)} />
            {t(key)}
          </label>
        ))}
      </fieldset>
      <label className={styles.choice}>
        <input type="checkbox" checked={view.showAll} onChange={event => room.setShowAll(event.target.checked)} />
        {t('alwaysAll')}
      </label>
      <div className={styles.row}>
        <p>{t('nickIs', { name: nickname })}</p>
        <Button
          size="small"
          onClick={() => {
            close();
            rename();
          }}
        >
          {t('change')}
        </Button>
      </div>
      <div className={styles.choices}>
        <Choices />
      </div>
      {view.hidden > 0 && (
        <div className={styles.row}>
          <p>{t('hiddenPeople', { n: view.hidden })}</p>
          <Button size="small" onClick={() => room.showEveryone()}>
            {t('showThem')}
          </Button>
        </div>
      )}
    </Dialog>
  );
}
