import { Button, cx, Icon, useAnnounce } from '@carillon/web-kit';
import { useEffect, useMemo, useRef, useState } from 'react';
import { refusalOf } from '../../../shared/http.ts';
import { useNow } from '../../../shared/useNow.ts';
import type { Organiser } from '../../../staff/session/api.ts';
import type { Lack, StepId } from '../../../staff/session/types.ts';
import { wordsFor } from '../../../staff/session/words.ts';
import { type FieldName, faultsOf, fields, lacksOf, lackWords, steps, type Values } from '../../session/definition.ts';
import type { Editor, EditorView } from '../../session/editor.ts';
import { CheckList } from './CheckList.tsx';
import { ConflictNotice } from './ConflictNotice.tsx';
import styles from './FormPage.module.css';
import { idOf } from './ids.ts';
import { Preview } from './Preview.tsx';
import { SavingWords } from './SavingWords.tsx';
import { ChatStep } from './steps/ChatStep.tsx';
import { EventStep } from './steps/EventStep.tsx';
import { StreamStep } from './steps/StreamStep.tsx';
import { TicketsStep } from './steps/TicketsStep.tsx';
import { TimeStep } from './steps/TimeStep.tsx';

/** What a step is given: the values, their faults as far as they are shown, and how to change them. */
export interface StepProps {
  values: Values;
  /** @param typing the field that is being typed in, where a half of it must not be seen by fans. */
  change: (part: Partial<Values>, typing?: FieldName) => void;
  /** A field was left: from now on its fault is shown as one types. */
  leave: (field: FieldName) => void;
  errors: Partial<Record<FieldName, string>>;
  open: boolean;
  /** Whether fans know the show already. */
  published: boolean;
}

const drawn = { event: EventStep, time: TimeStep, stream: StreamStep, tickets: TicketsStep, chat: ChatStep };

/** Five steps on the left, what a fan will see on the right. */
export function FormPage({ api, editor, view }: { api: Organiser; editor: Editor; view: EditorView }) {
  const announce = useAnnounce();
  const now = useNow(30_000);
  const [step, setStep] = useState<StepId>(() => stepOf(location.hash));
  const [touched, setTouched] = useState<ReadonlySet<FieldName>>(new Set());
  const [told, setTold] = useState<{ lacks: readonly Lack[]; version: number }>();
  const [error, setError] = useState<string>();
  const [publishing, setPublishing] = useState(false);
  const [focus, setFocus] = useState<string>();
  const heading = useRef<HTMLHeadingElement>(null);

  const { values, show, open } = view;
  const live = show.state === 'published';
  const faults = useMemo(() => faultsOf(values, live ? { stored: show, now } : undefined), [values, show, live, now]);
  const own = useMemo(() => lacksOf(values, now), [values, now]);
  // What only the server knows stays said until something was stored after it.
  const lacks = told && told.version === show.version ? joined(own, told.lacks) : own;
  const shown = told ? fieldsOf(lacks) : touched;
  const errors: StepProps['errors'] = {};
  for (const fault of faults)
    if ((live && !view.typing.has(fault.field)) || touched.has(fault.field) || told)
      errors[fault.field] ??= fault.words;
  if (told) for (const lack of lacks) if (isField(lack.field)) errors[lack.field] ??= lack.why;

  // Another step, or another page: what was typed in a field that is gone is meant.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a step that is left leaves its fields
  useEffect(() => () => editor.leave(), [editor, step]);

  // Whoever signed in again in another window comes back here.
  const signedOut = view.saving.is === 'refused' && view.saving.refusal.status === 401;
  useEffect(() => {
    if (!signedOut) return;
    const back = () => void editor.retry();
    addEventListener('focus', back);
    return () => removeEventListener('focus', back);
  }, [editor, signedOut]);

  useEffect(() => {
    const hash = () => setStep(stepOf(location.hash));
    addEventListener('hashchange', hash);
    return () => removeEventListener('hashchange', hash);
  }, []);

  // A field on another step exists once that step is drawn.
  useEffect(() => {
    if (!focus) return;
    const element = focus === 'heading' ? heading.current : document.getElementById(focus);
    element?.focus();
    element?.scrollIntoView({ block: 'nearest' });
    setFocus(undefined);
  }, [focus]);

  function to(next: StepId, focusOn: string) {
    history.replaceState(null, '', `#${next}`);
    setStep(next);
    setFocus(focusOn);
  }

  async function publish() {
    setError(undefined);
    if (own.length > 0) {
      setTold({ lacks: own, version: show.version });
      announce(`${own.length} to do before it can be published`, true);
      return;
    }
    setPublishing(true);
    try {
      await editor.flush();
      if (editor.snapshot().saving.is !== 'saved') return;
      editor.became(await api.publish());
      setTold(undefined);
      announce('Published. Fans can see the show now.', true);
    } catch (failed) {
      const refusal = refusalOf(failed);
      if (refusal.status === 422) {
        const missing = (refusal.body.missing as Lack[] | undefined) ?? [];
        setTold({
          lacks: missing.map(m => ({ ...m, why: lackWords(m.field, m.why) })),
          version: editor.snapshot().show.version,
        });
        announce(`${missing.length} to do before it can be published`, true);
      } else setError(wordsFor(refusal));
    } finally {
      setPublishing(false);
    }
  }

  const at = steps.findIndex(s => s.id === step);
  const { title, note } = steps[at] ?? steps[0] ?? { title: '', note: '' };
  const next = steps[at + 1];
  const before = steps[at - 1];
  const Step = drawn[step];
  const wrong = (id: StepId) => [...new Set(lacks.filter(l => l.step === id).map(l => l.field))].length;
  return (
    <div className={styles.page}>
      <div className={styles.form}>
        <nav aria-label="Steps" className={styles.steps}>
          <ol className={styles.stepList}>
            {steps.map((s, index) => {
              const missing = wrong(s.id);
              return (
                <li key={s.id} className={styles.stepItem}>
                  <a
                    href={`#${s.id}`}
                    className={styles.step}
                    aria-current={s.id === step ? 'step' : undefined}
                    onClick={event => {
                      event.preventDefault();
                      to(s.id, 'heading');
                    }}
                  >
                    <span className={cx(styles.mark, missing === 0 && styles.done)} aria-hidden="true">
                      {missing === 0 ? <Icon.Check /> : index + 1}
                    </span>
                    <span className={styles.stepName}>{s.title}</span>
                    <span className="visually-hidden">{missing === 0 ? ', complete' : `, ${missing} to do`}</span>
                  </a>
                </li>
              );
            })}
          </ol>
        </nav>
        {view.saving.is === 'conflict' && <ConflictNotice editor={editor} saving={view.saving} zone={values.zone} />}
        <section className={styles.panel} aria-labelledby="step-title">
          <header className={styles.panelHead}>
            <div>
              <h2 id="step-title" ref={heading} tabIndex={-1} className={styles.panelTitle}>
                {title}
              </h2>
              <p className={styles.note}>{note}</p>
            </div>
            <SavingWords
              view={view}
              faults={faults.map(f => f.field).filter(f => live || touched.has(f) || shown.has(f))}
              retry={() => void editor.retry()}
            />
          </header>
          {!open && <p className={styles.closed}>The show is over, so its form can only be read.</p>}
          <div className={styles.fields}>
            <Step
              values={values}
              change={(part, typing) => editor.change(part, typing)}
              leave={field => {
                editor.leave(field);
                if (!touched.has(field)) setTouched(new Set([...touched, field]));
              }}
              errors={errors}
              open={open}
              published={show.state !== 'draft'}
            />
          </div>
          <footer className={styles.foot}>
            {before && (
              <Button onClick={() => to(before.id, 'heading')}>
                Back<span className="visually-hidden">: {before.title}</span>
              </Button>
            )}
            {next && (
              <Button
                look={lacks.length > 0 ? 'primary' : 'quiet'}
                className={styles.next}
                onClick={() => to(next.id, 'heading')}
              >
                Next: {next.title}
              </Button>
            )}
          </footer>
        </section>
      </div>
      <div className={styles.aside}>
        <CheckList
          show={show}
          lacks={lacks}
          told={told !== undefined}
          publishing={publishing}
          error={error}
          waits={view.saving.is === 'conflict' || view.saving.is === 'refused'}
          publish={() => void publish()}
          toField={lack => to(lack.step, isField(lack.field) ? idOf(lack.field) : 'heading')}
        />
        <Preview values={values} slug={show.slug} />
      </div>
    </div>
  );
}

function stepOf(hash: string): StepId {
  return steps.find(s => s.id === hash.slice(1))?.id ?? 'event';
}

function isField(name: string): name is FieldName {
  return name in fields;
}

function fieldsOf(lacks: readonly Lack[]): ReadonlySet<FieldName> {
  return new Set(lacks.map(l => l.field).filter(isField));
}

function joined(own: readonly Lack[], told: readonly Lack[]): Lack[] {
  return [...own, ...told.filter(t => !own.some(o => o.field === t.field))];
}
