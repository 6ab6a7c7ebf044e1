import { DescribeAppInstanceUserCommand } from '@aws-sdk/client-chime-sdk-identity';
import {
  GetCredentialsForIdentityCommand,
  GetIdCommand,
  NotAuthorizedException,
  ResourceNotFoundException,
} from '@aws-sdk/client-cognito-identity';
import { CreateRoleCommand, EntityAlreadyExistsException, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  AssumeRoleWithWebIdentityCommand,
  ExpiredTokenException,
  GetCallerIdentityCommand,
  InvalidIdentityTokenException,
} from '@aws-sdk/client-sts';
import { assert, refusedBefore } from '../lib/assert.js';
import { clientId, issuerName, pool, poolRoles, token } from '../lib/provider.js';
import { Role } from '../lib/role.js';
import { cognitoClient, iam, identityClient, ours, server, stsClient } from '../lib/target.js';
import { World } from '../lib/world.js';

const why = 'the provider and the pool stand in the settings of our server';
const account = '123456789012';
const none = { credentials: { accessKeyId: 'nobody', secretAccessKey: 'nothing' } };
const refused = (promise, type) =>
  promise.then(
    () => assert.fail('it was taken'),
    error => assert.ok(error instanceof type, `${error.name}: ${error.message}`),
  );

const ownUser = (world, variable) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'chime:*', Resource: [`${world.arn}/user/\${${variable}}`] }],
});

async function poolRole(how, policy) {
  const RoleName = poolRoles[how];
  await iam
    .send(
      new CreateRoleCommand({
        RoleName,
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Federated: 'cognito-identity.amazonaws.com' },
              Action: 'sts:AssumeRoleWithWebIdentity',
              Condition: {
                StringEquals: { 'cognito-identity.amazonaws.com:aud': pool },
                'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': how },
              },
            },
          ],
        }),
      }),
    )
    .catch(error => assert.ok(error instanceof EntityAlreadyExistsException, error));
  await iam.send(
    new PutRolePolicyCommand({ RoleName, PolicyName: 'conformance', PolicyDocument: JSON.stringify(policy) }),
  );
}

ours('A token is exchanged for a role without a signature', why, async () => {
  const world = await World.create();
  const ada = await world.user('ada');
  const role = await Role.create(ownUser(world, `${issuerName}:sub`), {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${issuerName}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${issuerName}:aud`]: clientId } },
      },
    ],
  });
  const exchange = (claims, header) =>
    stsClient(none).send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: role.arn,
        RoleSessionName: 'conformance',
        WebIdentityToken: token(server.providerKey, { sub: ada.id, ...claims }, header),
      }),
    );
  const answer = await exchange({});
  assert.equal(answer.SubjectFromWebIdentityToken, ada.id);
  assert.equal(answer.Audience, clientId);

  const identity = identityClient({ credentials: Role.credentials(answer) });
  await identity.send(new DescribeAppInstanceUserCommand({ AppInstanceUserArn: ada.arn }));
  const ben = await world.user('ben');
  await refusedBefore(
    identity.send(new DescribeAppInstanceUserCommand({ AppInstanceUserArn: ben.arn })),
    'AccessDeniedException',
    403,
  );

  await refused(exchange({ exp: 1 }), ExpiredTokenException);
  await refused(exchange({ aud: 'other' }), InvalidIdentityTokenException);
  await refused(exchange({}, { alg: 'none' }), InvalidIdentityTokenException);
  await refused(exchange({}, { kid: 'k2' }), InvalidIdentityTokenException);
});

ours('A login has one identity in a pool, and credentials for itself', why, async () => {
  const world = await World.create();
  await poolRole('authenticated', ownUser(world, 'cognito-identity.amazonaws.com:sub'));
  await poolRole('unauthenticated', ownUser(world, 'cognito-identity.amazonaws.com:sub'));
  const cognito = cognitoClient(none);
  const Logins = sub => ({ [issuerName]: token(server.providerKey, { sub }) });
  const idOf = async logins =>
    (await cognito.send(new GetIdCommand({ IdentityPoolId: pool, Logins: logins }))).IdentityId;

  const [ada, again, ben, guest] = [
    await idOf(Logins('ada')),
    await idOf(Logins('ada')),
    await idOf(Logins('ben')),
    await idOf(),
  ];
  assert.equal(ada, again);
  assert.equal(new Set([ada, ben, guest]).size, 3);

  const { Credentials } = await cognito.send(
    new GetCredentialsForIdentityCommand({ IdentityId: ada, Logins: Logins('ada') }),
  );
  assert.ok(Math.abs(Credentials.Expiration.getTime() - Date.now() - 3600_000) < 60_000);
  const credentials = {
    accessKeyId: Credentials.AccessKeyId,
    secretAccessKey: Credentials.SecretKey,
    sessionToken: Credentials.SessionToken,
  };
  const { Arn } = await stsClient({ credentials }).send(new GetCallerIdentityCommand({}));
  assert.equal(Arn, `arn:aws:sts::${account}:assumed-role/${poolRoles.authenticated}/CognitoIdentityCredentials`);

  const guestAnswer = await cognito.send(new GetCredentialsForIdentityCommand({ IdentityId: guest }));
  assert.equal(guestAnswer.IdentityId, guest);

  const get = (IdentityId, logins) =>
    cognito.send(new GetCredentialsForIdentityCommand({ IdentityId, Logins: logins }));
  await refused(get(ada, Logins('ben')), NotAuthorizedException);
  await refused(get(ada), NotAuthorizedException);
  await refused(get('us-east-1:00000000-0000-4000-8000-000000000000'), ResourceNotFoundException);
});
