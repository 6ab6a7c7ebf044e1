import { Notice } from '@carillon/web-kit';
import type { ReactNode } from 'react';
import styles from './Running.module.css';
import type { StatusView } from './status.ts';

/** What is running, in one strip, and the other faces. */
export function Running({ status: { known, unreachable } }: { status: StatusView }) {
  return (
    <section aria-label="What is running" className={styles.section}>
      {unreachable && (
        <Notice tone="bad" title="The server does not answer">
          <p>{known ? 'What you see below is the last it said. ' : ''}This page looks again every five seconds.</p>
        </Notice>
      )}
      <dl className={styles.strip} aria-busy={!known}>
        <Fact name="Version">{known?.version}</Fact>
        <Fact name="Region">{known?.region}</Fact>
        <Fact name="Account">{known?.account}</Fact>
        <Fact name="Address">{known && <Address url={known.plain} />}</Fact>
        <Fact name="With TLS">{known && (known.tls ? <Address url={known.tls} /> : 'Off')}</Fact>
      </dl>
      {known && known.faces.length > 0 && (
        <ul className={styles.faces}>
          {known.faces.map(face => (
            <li key={face.path}>
              <a href={face.path} className={styles.face}>
                <strong>{face.name}</strong>
                <span>{face.about}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children ?? <span className={styles.ghost}>…</span>}</dd>
    </div>
  );
}

function Address({ url }: { url: string }) {
  return <a href={url}>{url.replace(/\/$/, '')}</a>;
}
