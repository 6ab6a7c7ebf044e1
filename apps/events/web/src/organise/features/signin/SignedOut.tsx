import { Card, CopyBlock } from '@carillon/web-kit';
import { Frame } from '../../../staff/ui/Frame.tsx';
import { useTitle } from '../../../staff/useTitle.ts';

/** How staff come in; there is no password to forget. */
export function SignedOut() {
  useTitle('Sign in');
  return (
    <Frame>
      <h1>You are not signed in</h1>
      <Card
        title="Moderators and artists"
        note="Open the invitation that the organiser sent you. It works once; lost ones are replaced by the organiser."
      >
        <p>Fans need no sign-in: their ticket’s code is enough.</p>
      </Card>
      <Card title="Organisers" note="Whoever runs the server makes you a link with this line, and sends it to you.">
        <CopyBlock text="carillon-events account add NAME" what="line that makes a sign-in link" />
      </Card>
    </Frame>
  );
}
