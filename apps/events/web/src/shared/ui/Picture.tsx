import { cx } from '@carillon/web-kit';
import { useState } from 'react';
import styles from './Picture.module.css';

/** The artist's picture; without one, or while it cannot be had, bells at night. It says nothing the text does not. */
export function Picture({ url, className }: { url: string | null | undefined; className?: string | undefined }) {
  const [broken, setBroken] = useState(false);
  return (
    <div className={cx(styles.picture, className)} aria-hidden="true">
      {url && !broken ? <img src={url} alt="" className={styles.image} onError={() => setBroken(true)} /> : <Bells />}
    </div>
  );
}

/** Drawn so that it can be cropped to any shape: what matters stands in the middle. */
function Bells() {
  return (
    <svg
      viewBox="0 0 400 400"
      preserveAspectRatio="xMidYMid slice"
      className={styles.bells}
      aria-hidden="true"
      focusable="false"
    >
      <rect width="400" height="400" className={styles.night} />
      <circle cx="292" cy="142" r="17" className={styles.moon} />
      <path d="M0 172h400" className={styles.beam} />
      <path d="M200 172v8M122 172v6M278 172v6M52 172v6M348 172v6" className={styles.rope} />
      <g className={styles.far}>
        <Bell x={52} size={0.34} />
        <Bell x={348} size={0.34} />
      </g>
      <g className={styles.small}>
        <Bell x={122} size={0.46} />
        <Bell x={278} size={0.46} />
      </g>
      <g className={styles.bell}>
        <Bell x={200} size={0.68} />
      </g>
    </svg>
  );
}

function Bell({ x, size }: { x: number; size: number }) {
  return (
    <g transform={`translate(${x} 177) scale(${size})`}>
      <path d="M0 0c-26 0-34 26-35 57-1 28-11 38-18 51H53C46 95 36 85 35 57 34 26 26 0 0 0Z" />
      <circle cx="0" cy="117" r="9" />
    </g>
  );
}
