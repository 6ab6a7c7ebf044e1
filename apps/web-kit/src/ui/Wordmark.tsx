import styles from './Wordmark.module.css';

/** Three bells on a beam, and the name. */
export function Wordmark() {
  return (
    <span className={styles.mark}>
      <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
        <path d="M3 6h26" stroke="currentColor" strokeWidth="2.500" strokeLinecap="round" />
        <path
          className={styles.small}
          d="M7 9c-1.800 0-2.300 1.700-2.400 3.400C4.500 14 3.800 14.600 3.400 15.500h7.200c-.4-.9-1.100-1.500-1.200-3.100C9.300 10.700 8.800 9 7 9Z"
        />
        <path
          className={styles.large}
          d="M16 9c-3.300 0-4.300 3.300-4.500 7.200-.2 3.700-1.400 5.100-2.300 6.800h13.600c-.9-1.700-2.100-3.100-2.300-6.800C20.300 12.300 19.300 9 16 9Zm0 17.500a2.200 2.200 0 0 0 2.100-1.500h-4.200a2.200 2.200 0 0 0 2.100 1.500Z"
        />
        <path
          className={styles.small}
          d="M25 9c-1.800 0-2.300 1.700-2.400 3.400-.1 1.600-.8 2.200-1.200 3.100h7.200c-.4-.9-1.100-1.500-1.200-3.100C27.300 10.700 26.800 9 25 9Z"
        />
      </svg>
      Carillon
    </span>
  );
}
