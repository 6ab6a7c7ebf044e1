import { Button, Dialog, LinkButton, Notice } from '@carillon/web-kit';
import { type ComponentType, useEffect, useMemo, useRef, useState } from 'react';
import { ErrorBoundary } from '../../../shared/ErrorBoundary.tsx';
import type { OrganisedShow } from '../../../staff/session/types.ts';
import { number } from '../../../staff/times.ts';
import type { Act } from '../../../staff/useAct.ts';
import { addressOf, csvOf } from '../../session/codes.ts';
import type { KeptCodes as Kept, KeptView, Order } from '../../session/keptCodes.ts';
import type { CodesMadeProps } from './CodesMade.tsx';
import styles from './Tickets.module.css';

/** Loads what draws codes. It has to be there before any are made: they come once. @throws where it cannot be had. */
export const loadDrawing = (): Promise<ComponentType<CodesMadeProps>> =>
  import('./CodesMade.tsx').then(module => module.default);

/** The codes that were shown once, until somebody puts them away; and what was asked for without an answer. */
export function KeptCodes({
  show,
  kept,
  view,
  act,
  take,
}: {
  show: OrganisedShow;
  kept: Kept;
  view: KeptView;
  act: Act;
  take: (order: Order) => Promise<void>;
}) {
  const [Drawing, setDrawing] = useState<ComponentType<CodesMadeProps>>();
  const [round, setRound] = useState(0);
  const [failed, setFailed] = useState(false);
  const [sure, setSure] = useState(false);
  const some = view.codes.length > 0 || view.imported !== undefined;
  const file = useFile(show, view);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a round begins an attempt
  useEffect(() => {
    if (!some || Drawing) return;
    loadDrawing().then(
      found => {
        setDrawing(() => found);
        setFailed(false);
      },
      () => setFailed(true),
    );
  }, [some, Drawing, round]);

  const plain = (retry: () => void) => <Plain view={view} file={file} show={show} kept={kept} retry={retry} />;
  const close = () => (view.saved || view.codes.length === 0 ? kept.putAway() : setSure(true));
  return (
    <>
      {view.unanswered && !act.busy && (
        <Unanswered
          order={view.unanswered}
          error={act.error}
          again={order => void take(order)}
          giveUp={() => kept.giveUp()}
        />
      )}
      {some &&
        (Drawing ? (
          <ErrorBoundary fallback={plain}>
            <Drawing show={show} view={view} file={file} saved={() => kept.save()} close={close} />
          </ErrorBoundary>
        ) : (
          failed && plain(() => setRound(n => n + 1))
        ))}
      {sure && (
        <Dialog title="Put them away without saving?" closeName="Close" onClose={() => setSure(false)}>
          <p>
            {view.codes.length === 1 ? 'The code is' : `${number(view.codes.length)} codes are`} in no file yet, and
            nobody can read {view.codes.length === 1 ? 'it' : 'them'} again. Tickets whose code is lost need a new one.
          </p>
          <div className={styles.acts}>
            <LinkButton
              look="primary"
              href={file}
              download={fileName(show)}
              onClick={() => {
                kept.save();
                setSure(false);
              }}
            >
              Save as CSV
            </LinkButton>
            <Button
              look="danger"
              onClick={() => {
                kept.putAway();
                setSure(false);
              }}
            >
              Put away
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}

export const fileName = (show: OrganisedShow) => `${show.slug}-codes.csv`;

function useFile(show: OrganisedShow, { codes }: KeptView): string {
  const file = useMemo(
    () =>
      URL.createObjectURL(
        new Blob([csvOf(codes, code => addressOf(location.origin, show.slug, code))], { type: 'text/csv' }),
      ),
    [codes, show.slug],
  );
  useEffect(() => () => URL.revokeObjectURL(file), [file]);
  return file;
}

/** The codes themselves, where nothing else can be drawn. */
function Plain({
  view,
  file,
  show,
  kept,
  retry,
}: {
  view: KeptView;
  file: string;
  show: OrganisedShow;
  kept: Kept;
  retry: () => void;
}) {
  return (
    <Notice
      tone="warn"
      title={`${number(view.codes.length)} new codes are here, and the page that shows them is not`}
      actions={
        <>
          <LinkButton look="primary" href={file} download={fileName(show)} onClick={() => kept.save()}>
            Save as CSV
          </LinkButton>
          <Button onClick={retry}>Try to show them</Button>
        </>
      }
    >
      <p>Save them now: they cannot be had again once this page is closed.</p>
    </Notice>
  );
}

/** It may have been done or not; asked once more by its name, it is done once. */
function Unanswered({
  order,
  error,
  again,
  giveUp,
}: {
  order: Order;
  error: string | undefined;
  again: (order: Order) => void;
  giveUp: () => void;
}) {
  // What was pressed is gone meanwhile.
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  return (
    <div role="alert">
      <Notice
        tone="warn"
        title={
          order.kind === 'make'
            ? `No answer came for ${number(order.count)} new ${order.count === 1 ? 'code' : 'codes'}`
            : `No answer came for the file ${order.file.name}`
        }
        actions={
          <>
            <Button ref={button} look="primary" onClick={() => again(order)}>
              Ask again
            </Button>
            <Button look="plain" onClick={giveUp}>
              Leave it
            </Button>
          </>
        }
      >
        {error && <p>{error}</p>}
        <p>
          The tickets may have been made all the same. Ask again: none is made twice, and their codes come. If you leave
          it, tickets whose codes nobody has may be in the list below; each needs a new code.
        </p>
      </Notice>
    </div>
  );
}
