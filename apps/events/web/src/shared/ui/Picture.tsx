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
      <circle cx="306" cy="92" r="34" className={styles.moon} />
      <path d="M-20 150h440" className={styles.beam} />
      <g className={styles.bell}>
        <path d="M200 150v14" className={styles.rope} />
        <path d="M200 164c-36 0-47 36-49 79-2 38-15 53-25 71h148c-10-18-23-33-25-71-2-43-13-79-49-79Z" />
        <circle cx="200" cy="326" r="13" />
      </g>
      <g className={styles.small}>
        <path d="M70 150v10" className={styles.rope} />
        <path d="M70 160c-20 0-26 20-27 44-1 21-8 29-14 39h82c-6-10-13-18-14-39-1-24-7-44-27-44Z" />
        <circle cx="70" cy="250" r="7" />
        <path d="M330 150v10" className={styles.rope} />
        <path d="M330 160c-20 0-26 20-27 44-1 21-8 29-14 39h82c-6-10-13-18-14-39-1-24-7-44-27-44Z" />
        <circle cx="330" cy="250" r="7" />
      </g>
    </svg>
  );
}
