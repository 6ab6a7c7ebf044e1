import { Button, Card, LinkButton, Notice } from '@carillon/web-kit';
import { useEffect, useRef, useState } from 'react';
import { type Refusal, refusalOf } from '../../../shared/http.ts';
import { signIn } from '../../../staff/session/api.ts';
import { wordsFor } from '../../../staff/session/words.ts';
import { Frame } from '../../../staff/ui/Frame.tsx';
import { Loading } from '../../../staff/ui/State.tsx';
import { useTitle } from '../../../staff/useTitle.ts';

const titles: Record<string, string> = {
  SignInUsed: 'This link has been used already',
  SignInExpired: 'This link is too old',
  SignInInvalid: 'This link is not complete',
};

/** Why a sign-in at another house came to nothing. */
const whys: Record<string, { title: string; text: string }> = {
  NotAllowed: {
    title: 'This account may not organise shows',
    text: 'You are signed in there, but whoever runs this server has not added the account. Ask them, or sign in with another.',
  },
  ProviderRefused: { title: 'You were not signed in', text: 'The sign-in was called off there. Nothing has changed.' },
  ProviderUnreachable: {
    title: 'The sign-in cannot be reached',
    text: 'It does not answer, or not as it should. Try again in a moment; a sign-in link works all the same.',
  },
  SignInExpired: { title: 'That took too long', text: 'Begin the sign-in anew.' },
  SignInInvalid: {
    title: 'That sign-in does not fit',
    text: 'It was not begun in this browser, or ended before. Begin anew.',
  },
};

/** Redeems the token behind the hash, which no server and no log gets to see otherwise. */
export function SignInPage() {
  useTitle('Sign in');
  const token = useRef(location.hash.slice(1));
  const [why] = useState(() => whys[new URLSearchParams(location.search).get('why') ?? '']);
  const asked = useRef(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const [round, setRound] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a round begins an attempt
  useEffect(() => {
    // The token works once, so it is sent once, however often the page is drawn.
    if (asked.current || why) return;
    asked.current = true;
    history.replaceState(null, '', location.pathname);
    void (async () => {
      if (!token.current) {
        setRefusal(refusalOf(undefined));
        return;
      }
      try {
        const { desk } = await signIn(token.current);
        location.replace(desk ? `/events/desk/${desk}` : '/events/organise');
      } catch (error) {
        setRefusal(refusalOf(error));
      }
    })();
  }, [round]);

  if (why)
    return (
      <Frame>
        <h1 className="visually-hidden">Sign in</h1>
        <Card title="Sign in">
          <Notice tone="warn" title={why.title} actions={<LinkButton href="/events/organise">Begin anew</LinkButton>}>
            <p>{why.text}</p>
          </Notice>
        </Card>
      </Frame>
    );
  const passing = refusal?.status === 0 && refusal.code === 'Network';
  return (
    <Frame>
      <h1 className="visually-hidden">Sign in</h1>
      {refusal === undefined ? (
        <Loading what="your sign-in" />
      ) : (
        <Card title="Sign in">
          <Notice
            tone="warn"
            title={token.current ? (titles[refusal.code] ?? 'You are not signed in yet') : 'This link is not complete'}
            actions={
              passing ? (
                <Button
                  look="primary"
                  onClick={() => {
                    asked.current = false;
                    setRefusal(undefined);
                    setRound(n => n + 1);
                  }}
                >
                  Try again
                </Button>
              ) : (
                <LinkButton href="/events/organise">To your shows</LinkButton>
              )
            }
          >
            <p>
              {passing
                ? wordsFor(refusal)
                : 'A link works once and for a limited time. If you have opened it in this browser before, you are signed in already. Otherwise ask whoever invited you for a new one.'}
            </p>
          </Notice>
        </Card>
      )}
    </Frame>
  );
}
