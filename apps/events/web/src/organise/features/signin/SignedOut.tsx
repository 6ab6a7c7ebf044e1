import { Card, CopyBlock, LinkButton } from '@carillon/web-kit';
import { openIdPath, signInWays } from '../../../staff/session/api.ts';
import { Frame } from '../../../staff/ui/Frame.tsx';
import { useLoad } from '../../../staff/useLoad.ts';
import { useTitle } from '../../../staff/useTitle.ts';

/** How staff come in; there is no password of ours to forget. */
export function SignedOut() {
  useTitle('Sign in');
  const [ways] = useLoad(signInWays);
  const house = ways.value?.openId;
  return (
    <Frame>
      <h1>You are not signed in</h1>
      {house && (
        <Card title="Organisers" note="With the account that you have with your house.">
          <div>
            <LinkButton look="primary" href={openIdPath}>
              <span>
                Sign in with <bdi>{house}</bdi>
              </span>
            </LinkButton>
          </div>
        </Card>
      )}
      <Card
        title="Moderators and artists"
        note="Open the invitation that the organiser sent you. It works once; lost ones are replaced by the organiser."
      >
        <p>Fans need no sign-in: their ticket’s code is enough.</p>
      </Card>
      <Card
        title={house ? 'Organisers without an account there' : 'Organisers'}
        note="Whoever runs the server makes you a link with this line, and sends it to you."
      >
        <CopyBlock text="Carillon.Events account add NAME" what="line that makes a sign-in link" />
      </Card>
    </Frame>
  );
}
