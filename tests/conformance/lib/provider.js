// An identity provider of the run's own: its keys stand in a file beside the server's settings, so nothing is fetched.

import { createPrivateKey, createSign, generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export const issuer = 'https://login.conformance.example';
export const issuerName = 'login.conformance.example';
export const clientId = 'conformance';
export const pool = 'us-east-1:3f1d6a52-0c39-4a53-9d6e-6b0f3a1c2d4e';
export const poolRoles = { authenticated: 'conformance-pool-user', unauthenticated: 'conformance-pool-guest' };

/**
 * Writes the settings of a server with the provider and a pool.
 * @returns {Promise<string>} the provider's private key, for the tests
 */
export async function writeSettings(data) {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const provider = { Issuer: issuer, ClientIds: [clientId], Jwks: 'keys.json' };
  const arn = role => `arn:aws:iam::123456789012:role/${role}`;
  await writeFile(
    join(data, 'keys.json'),
    JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1' }] }),
  );
  await writeFile(
    join(data, 'settings.json'),
    JSON.stringify({
      OpenIdProviders: [provider],
      IdentityPools: [
        {
          Id: pool,
          AllowUnauthenticated: true,
          AuthenticatedRole: arn(poolRoles.authenticated),
          UnauthenticatedRole: arn(poolRoles.unauthenticated),
          Providers: [provider],
        },
      ],
    }),
  );
  return privateKey.export({ type: 'pkcs8', format: 'pem' });
}

/** A token of the provider, right unless `claims` or `header` say otherwise. */
export function token(key, claims, header = {}) {
  const now = Math.floor(Date.now() / 1000);
  const part = value => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = [
    part({ alg: 'RS256', kid: 'k1', ...header }),
    part({ iss: issuer, aud: clientId, iat: now, exp: now + 600, ...claims }),
  ].join('.');
  return `${signed}.${createSign('sha256').update(signed).sign(createPrivateKey(key)).toString('base64url')}`;
}
