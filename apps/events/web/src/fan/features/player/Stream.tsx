import { Button, cx, Icon } from '@carillon/web-kit';
import { type KeyboardEvent, useCallback, useEffect, useId, useRef, useState } from 'react';
import { useText } from '../../../shared/i18n/useText.ts';
import type { Player } from '../../session/types.ts';
import styles from './Stream.module.css';
import { play, type Source, type StreamState } from './source.ts';

export interface StreamProps {
  url: string;
  captions: Player['captions'];
  title: string;
  poster: string | null;
}

/** On an iPhone nothing but a video fills the screen, by a name of its own. */
type PhoneVideo = HTMLVideoElement & { webkitEnterFullscreen?: () => void };

const fills = 'requestFullscreen' in HTMLElement.prototype || 'webkitEnterFullscreen' in HTMLVideoElement.prototype;

/** How far behind the stage is still called live, in seconds. */
const liveWithin = 8;
/** The bar leaves after this long without a hand or a focus near it. */
const barMs = 3500;

/**
 * The stream with its own controls, so that they are in the reader's language and work by keys. It never begins with
 * sound: without a word about it, only the picture moves.
 */
export default function Stream({ url, captions, title, poster }: StreamProps) {
  const t = useText();
  const id = useId();
  const region = useRef<HTMLElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const source = useRef<Source>(undefined);
  const [state, setState] = useState<StreamState>('loading');
  const [playing, setPlaying] = useState(false);
  const [muted, setMuted] = useState(true);
  const [volume, setVolume] = useState(1);
  const [heard, setHeard] = useState(false);
  const [behind, setBehind] = useState<number>();
  const [tracks, setTracks] = useState<{ index: number; label: string }[]>([]);
  const [track, setTrack] = useState(-1);
  const [bar, setBar] = useState(true);
  /** What the fan asked for last, whatever the stream does meanwhile. */
  const watching = useRef(false);
  const hide = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    const element = video.current;
    if (!element) return;
    setState('loading');
    const made = play(element, url, setState);
    source.current = made;
    const clock = setInterval(() => setBehind(made.behind()), 1000);
    return () => {
      clearInterval(clock);
      made.stop();
    };
  }, [url]);

  // By itself it begins once. A stream that broke off, or took another's place, goes on as the fan left it: with the
  // sound as it was, and paused if it was.
  const begun = useRef(false);
  useEffect(() => {
    const element = video.current;
    if (state !== 'ready' || !element) return;
    // Whoever asked for stillness, or pays by the megabyte, begins by hand.
    const saving = (navigator as { connection?: { saveData?: boolean } }).connection?.saveData;
    const still = saving || matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (begun.current ? watching.current : !still) element.play().catch(() => {});
    begun.current = true;
  }, [state]);

  useEffect(() => {
    const list = video.current?.textTracks;
    if (!list) return;
    const read = () => {
      const found: { index: number; label: string }[] = [];
      let on = -1;
      for (let index = 0; index < list.length; index++) {
        const one = list[index];
        if (!one || (one.kind !== 'captions' && one.kind !== 'subtitles')) continue;
        found.push({ index, label: one.label || one.language || String(found.length + 1) });
        if (one.mode === 'showing') on = index;
      }
      setTracks(found);
      setTrack(on);
    };
    read();
    for (const name of ['addtrack', 'removetrack', 'change']) list.addEventListener(name, read);
    return () => {
      for (const name of ['addtrack', 'removetrack', 'change']) list.removeEventListener(name, read);
    };
  }, []);

  const wake = useCallback(() => {
    setBar(true);
    clearTimeout(hide.current);
    hide.current = setTimeout(() => {
      // Never from under a hand or a focus.
      if (!region.current?.querySelector(':focus-visible')) setBar(false);
    }, barMs);
  }, []);
  useEffect(() => () => clearTimeout(hide.current), []);

  function toggle() {
    const element = video.current;
    if (!element) return;
    if (element.paused) element.play().catch(() => {});
    else element.pause();
  }

  function sound(on: boolean) {
    const element = video.current;
    if (!element) return;
    element.muted = !on;
    if (on && element.volume === 0) element.volume = 0.5;
    if (on) setHeard(true);
    if (on && element.paused) element.play().catch(() => {});
  }

  function choose(index: number) {
    const list = video.current?.textTracks;
    if (!list) return;
    for (let at = 0; at < list.length; at++) {
      const one = list[at];
      if (one && (one.kind === 'captions' || one.kind === 'subtitles'))
        one.mode = at === index ? 'showing' : 'disabled';
    }
    setTrack(index);
  }

  function fullScreen() {
    if (document.fullscreenElement) void document.exitFullscreen();
    else if (region.current?.requestFullscreen) region.current.requestFullscreen().catch(() => {});
    else (video.current as PhoneVideo | null)?.webkitEnterFullscreen?.();
  }

  function inPicture() {
    const element = video.current;
    if (!element) return;
    if (document.pictureInPictureElement) void document.exitPictureInPicture();
    else element.requestPictureInPicture?.().catch(() => {});
  }

  function toLive() {
    source.current?.toLive();
    if (video.current?.paused) toggle();
  }

  // Keys count only while the focus is in the player, and never while they mean something to what has it.
  function onKeyDown(event: KeyboardEvent) {
    wake();
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const on = event.target as HTMLElement;
    const element = video.current;
    if (!element) return;
    const control =
      on instanceof HTMLButtonElement || on instanceof HTMLInputElement || on instanceof HTMLSelectElement;
    const key = event.key.toLowerCase();
    if ((key === ' ' && !control) || key === 'k') toggle();
    else if (key === 'm') sound(element.muted);
    else if (key === 'c' && tracks.length > 0) choose(track >= 0 ? -1 : (tracks[0]?.index ?? -1));
    else if (key === 'f') fullScreen();
    else if (key === 'l') toLive();
    else if (key === 'p') inPicture();
    else if (key === 'arrowup' && !control) element.volume = Math.min(1, element.volume + 0.1);
    else if (key === 'arrowdown' && !control) element.volume = Math.max(0, element.volume - 0.1);
    else if (key === 'arrowleft' && !control) element.currentTime -= 5;
    else if (key === 'arrowright' && !control) element.currentTime += 5;
    else return;
    event.preventDefault();
  }

  const late = behind !== undefined && behind > liveWithin;
  const pip = typeof document !== 'undefined' && document.pictureInPictureEnabled;
  return (
    <section
      ref={region}
      className={cx(styles.stream, !bar && playing && styles.quiet)}
      aria-label={t('playerOf', { title })}
      onPointerMove={wake}
      onFocus={wake}
      onKeyDown={onKeyDown}
    >
      <video
        ref={video}
        className={styles.video}
        playsInline
        muted
        {...(poster && { poster })}
        crossOrigin="anonymous"
        preload="auto"
        aria-describedby={`${id}-keys`}
        tabIndex={0}
        onClick={toggle}
        onPlay={() => {
          watching.current = true;
          setPlaying(true);
          wake();
        }}
        onPause={() => {
          // Only by a hand: what breaks off does not say so.
          watching.current = false;
          setPlaying(false);
        }}
        onEmptied={() => setPlaying(false)}
        onVolumeChange={event => {
          setMuted(event.currentTarget.muted || event.currentTarget.volume === 0);
          setVolume(event.currentTarget.volume);
        }}
      >
        {captions.map(c => (
          <track key={c.url} kind="captions" src={c.url} srcLang={c.lang} label={c.label} />
        ))}
      </video>
      <p id={`${id}-keys`} className="visually-hidden">
        {t('playerKeys')}
      </p>
      {state === 'waiting' && (
        <p className={styles.state} role="status">
          {t('streamWaiting')}
        </p>
      )}
      {state === 'unsupported' && (
        <p className={styles.state} role="alert">
          {t('streamUnsupported')}
        </p>
      )}
      {state === 'ready' && !playing && (
        <Button look="primary" className={styles.big} onClick={toggle}>
          <Icon.Play /> {t('play')}
        </Button>
      )}
      {playing && muted && !heard && (
        <Button look="primary" className={styles.unmute} onClick={() => sound(true)}>
          <Icon.Sound /> {t('soundOn')}
        </Button>
      )}
      <div className={styles.bar}>
        <button type="button" className={styles.control} aria-label={playing ? t('pause') : t('play')} onClick={toggle}>
          {playing ? <Icon.Pause /> : <Icon.Play />}
        </button>
        <button
          type="button"
          className={styles.control}
          aria-label={muted ? t('soundOn') : t('soundOff')}
          onClick={() => sound(muted)}
        >
          {muted ? <Icon.Mute /> : <Icon.Sound />}
        </button>
        <input
          type="range"
          className={styles.volume}
          aria-label={t('volume')}
          min={0}
          max={1}
          step={0.05}
          value={muted ? 0 : volume}
          onChange={event => {
            const element = video.current;
            if (!element) return;
            element.volume = Number(event.target.value);
            element.muted = element.volume === 0;
            if (!element.muted) setHeard(true);
          }}
        />
        {behind !== undefined && (
          <button
            type="button"
            className={cx(styles.live, late && styles.late)}
            disabled={!late && playing}
            onClick={toLive}
          >
            <span className={styles.dot} aria-hidden="true" />
            {late || !playing ? t('toLive') : t('live')}
          </button>
        )}
        <span className={styles.space} />
        {tracks.length > 0 && (
          <label className={styles.captions}>
            <Icon.Captions />
            <span className="visually-hidden">{t('captions')}</span>
            <select className={styles.select} value={track} onChange={event => choose(Number(event.target.value))}>
              <option value={-1}>{t('captionsOff')}</option>
              {tracks.map(one => (
                <option key={one.index} value={one.index}>
                  {one.label}
                </option>
              ))}
            </select>
          </label>
        )}
        {pip && (
          <button
            type="button"
            className={cx(styles.control, styles.pip)}
            aria-label={t('pip')}
            title={t('pip')}
            onClick={inPicture}
          >
            <Icon.Pip />
          </button>
        )}
        {fills && (
          <button
            type="button"
            className={styles.control}
            aria-label={t('fullScreen')}
            title={t('fullScreen')}
            onClick={fullScreen}
          >
            <Icon.FullScreen />
          </button>
        )}
      </div>
    </section>
  );
}
