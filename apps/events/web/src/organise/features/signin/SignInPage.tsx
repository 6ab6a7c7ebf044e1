import { Button, Card, LinkButton, Notice } from '@carillon/web-kit';
import { useEffect, useRef, useState } from 'react';
import { type Refusal, refusalOf } from '../../../shared/http.ts';
import { signIn, whoAmI } from '../../../staff/session/api.ts';
import { wordsFor } from '../../../staff/session/words.ts';
import { Frame } from '../../../staff/ui/Frame.tsx';
import { Loading } from '../../../staff/ui/State.tsx';
import { useTitle } from '../../../staff/useTitle.ts';

const titles: Record<string, string> = {
  SignInUsed: 'This link has been used already',
  SignInExpired: 'This link is too old',
  SignInInvalid: 'This link is not complete',
};

/** Redeems the token behind the hash, which no server and no log gets to see otherwise. */
export function SignInPage() {
  useTitle('Sign in');
  const token = useRef(location.hash.slice(1));
  const asked = useRef(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const [round, setRound] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a round begins an attempt
  useEffect(() => {
    // The token works once, so it is sent once, however often the page is drawn.
    if (asked.current) return;
    asked.current = true;
    history.replaceState(null, '', location.pathname);
    void (async () => {
      if (!token.current) {
        setRefusal(refusalOf(undefined));
        return;
      }
      try {
        await signIn(token.current);
        const me = await whoAmI();
        const only = me.shows[0];
        location.replace(
          !me.organiser && only && me.shows.length === 1 ? `/events/desk/${only.id}` : '/events/organise',
        );
      } catch (error) {
        setRefusal(refusalOf(error));
      }
    })();
  }, [round]);

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
