import { create } from 'qrcode';
import { useMemo } from 'react';
import styles from './Qr.module.css';

/** A QR code as one path: crisp at any size, and dark on white whatever the theme, because cameras want it so. */
export function Qr({ text, label }: { text: string; label: string }) {
  const { path, size } = useMemo(() => {
    const { modules } = create(text, { errorCorrectionLevel: 'M' });
    let drawn = '';
    for (let y = 0; y < modules.size; y++)
      for (let x = 0; x < modules.size; x++) if (modules.get(y, x)) drawn += `M${x + 4} ${y + 4}h1v1h-1z`;
    return { path: drawn, size: modules.size + 8 };
  }, [text]);
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      className={styles.qr}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
