import { Card, CopyBlock, LinkButton, Tabs } from '@carillon/web-kit';
import styles from './Connect.module.css';
import { type Place, snippets } from './snippets.ts';

/** Before the first answer the page already shows the lines for the address it was opened at. */
const assumed: Place = { region: 'us-east-1', plain: location.origin, tls: null, caPem: false, operator: null };

export function Connect({ status }: { status: Place | undefined }) {
  const place = status ?? assumed;
  return (
    <Card title="Connect your client" note="Official SDKs work unchanged. Lines below are ready to paste.">
      <Tabs
        label="Client"
        tabs={snippets(place).map(snippet => ({
          id: snippet.id,
          title: snippet.title,
          panel: (
            <>
              <p className={styles.note}>{snippet.note}</p>
              <CopyBlock text={snippet.lines} what={`lines for ${snippet.title}`} />
            </>
          ),
        }))}
      />
      <div className={styles.foot}>
        {place.caPem && (
          <LinkButton href="/start/ca.pem" download="carillon-ca.pem" size="small">
            Download ca.pem
          </LinkButton>
        )}
        {!place.operator && (
          <p className={styles.note}>
            The path of the credentials file was printed at start. Open the sign-in link printed beside it to have it
            filled in here.
          </p>
        )}
      </div>
    </Card>
  );
}
