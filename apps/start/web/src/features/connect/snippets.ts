import type { Status } from '../status/status.ts';

export interface Snippet {
  id: string;
  title: string;
  /** What to do before or around it, in a sentence. */
  note: string;
  lines: string;
}

/** What the snippets need of the status; the credentials file is known to the operator only. */
export type Place = Pick<Status, 'region' | 'plain' | 'tls' | 'caPem' | 'operator'>;

/** Lines that work as they are pasted, for each kind of client. */
export function snippets(place: Place): Snippet[] {
  const plain = place.plain.replace(/\/$/, '');
  const tls = place.tls?.replace(/\/$/, '');
  const file = place.operator?.credentialsFile ?? '/path/printed/at/start/credentials';
  const trust = place.caPem
    ? [`curl -o carillon-ca.pem ${plain}/start/ca.pem`, 'export NODE_EXTRA_CA_CERTS="$PWD/carillon-ca.pem"']
    : [];

  return [
    {
      id: 'cli',
      title: 'AWS CLI',
      note: 'A few variables, and the commands of both services go here.',
      lines: text(
        `export AWS_ENDPOINT_URL=${plain}`,
        `export AWS_DEFAULT_REGION=${place.region}`,
        `export AWS_SHARED_CREDENTIALS_FILE=${quoted(file)} AWS_PROFILE=carillon`,
        '',
        'aws sts get-caller-identity',
        'aws chime-sdk-identity create-app-instance --name "My app"',
      ),
    },
    {
      id: 'boto3',
      title: 'boto3',
      note: 'From nothing to a first message. Set the two variables of the credentials as for the AWS CLI.',
      lines: text(
        'import boto3',
        '',
        `where = dict(endpoint_url="${plain}", region_name="${place.region}")`,
        'identity = boto3.client("chime-sdk-identity", **where)',
        'messaging = boto3.client("chime-sdk-messaging", **where)',
        '',
        'app = identity.create_app_instance(Name="My app")["AppInstanceArn"]',
        'ada = identity.create_app_instance_user(',
        '    AppInstanceArn=app, AppInstanceUserId="ada", Name="Ada")["AppInstanceUserArn"]',
        'channel = messaging.create_channel(',
        '    AppInstanceArn=app, Name="First light", ChimeBearer=ada)["ChannelArn"]',
        'messaging.send_channel_message(',
        '    ChannelArn=channel, ChimeBearer=ada, Content="Hello",',
        '    Type="STANDARD", Persistence="PERSISTENT")',
      ),
    },
    {
      id: 'js',
      title: 'JavaScript',
      note: 'The stock session client connects by TLS only, so whatever runs it must trust the certificate.',
      lines: text(
        ...(trust.length ? ['# Node: trust the certificate, then start your program', ...trust, ''] : []),
        'npm install @aws-sdk/client-chime-sdk-messaging amazon-chime-sdk-js',
        '',
        '// A session that hears everything said to userArn',
        "import { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';",
        'import { ConsoleLogger, DefaultMessagingSession, MessagingSessionConfiguration } from',
        "  'amazon-chime-sdk-js';",
        '',
        'const client = new ChimeSDKMessagingClient({',
        `  endpoint: '${plain}', region: '${place.region}', credentials,`,
        '});',
        'const session = new DefaultMessagingSession(',
        '  new MessagingSessionConfiguration(userArn, null, undefined, client),',
        "  new ConsoleLogger('session'));",
        'session.addObserver({',
        '  messagingSessionDidReceiveMessage: m => console.log(m.type, m.payload),',
        '});',
        'await session.start();',
      ),
    },
    {
      id: 'curl',
      title: 'curl',
      note: 'Signs by itself since 7.75. Both keys are in the credentials file.',
      lines: text(
        `curl ${plain}/readyz`,
        '',
        `curl --aws-sigv4 "aws:amz:${place.region}:chime" \\`,
        '  --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \\',
        `  ${plain}/app-instances`,
        ...(tls && place.caPem
          ? ['', `curl -o carillon-ca.pem ${plain}/start/ca.pem`, `curl --cacert carillon-ca.pem ${tls}/readyz`]
          : []),
      ),
    },
  ];
}

function text(...lines: string[]): string {
  return lines.join('\n');
}

/** Quotes a path for a POSIX shell when it needs it. */
export function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
