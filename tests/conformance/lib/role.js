// Roles for tests, taken away when the file's tests are over.

import nodeTest from 'node:test';
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { iam, sts } from './target.js';
import { eventually } from './wait.js';
import { unique } from './world.js';

const PolicyName = 'conformance';
const made = new Set();
nodeTest.after(async () => {
  for (const role of [...made]) {
    await role.delete();
  }
});

export class Role {
  constructor(name, trust) {
    this.name = name;
    this.trust = trust;
  }

  /** Lets everyone of the account assume the role and tag the session. */
  static trust(account, Condition) {
    return {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${account}:root` },
          Action: ['sts:AssumeRole', 'sts:TagSession'],
          ...(Condition ? { Condition } : {}),
        },
      ],
    };
  }

  static async create(policy, trust) {
    const { Account } = await sts.send(new GetCallerIdentityCommand({}));
    const role = new Role(unique('conformance').slice(0, 64), trust ?? Role.trust(Account));
    await role.recreate(policy);
    return role;
  }

  async recreate(policy) {
    const { Role: created } = await iam.send(
      new CreateRoleCommand({ RoleName: this.name, AssumeRolePolicyDocument: JSON.stringify(this.trust) }),
    );
    made.add(this);
    this.arn = created.Arn;
    await this.put(policy);
  }

  put(policy) {
    return iam.send(
      new PutRolePolicyCommand({ RoleName: this.name, PolicyName, PolicyDocument: JSON.stringify(policy) }),
    );
  }

  async delete() {
    made.delete(this);
    await iam.send(new DeleteRolePolicyCommand({ RoleName: this.name, PolicyName }));
    await iam.send(new DeleteRoleCommand({ RoleName: this.name }));
  }

  assumeRaw(input) {
    return sts.send(new AssumeRoleCommand({ RoleArn: this.arn, RoleSessionName: 'conformance', ...input }));
  }

  /** Credentials of a new session, as clients take them. */
  async assume(input) {
    const answer = await eventually(
      () => this.assumeRaw(input),
      found => found,
      `the role ${this.name} to be assumable`,
    );
    return Role.credentials(answer);
  }

  static credentials({ Credentials }) {
    return {
      accessKeyId: Credentials.AccessKeyId,
      secretAccessKey: Credentials.SecretAccessKey,
      sessionToken: Credentials.SessionToken,
    };
  }
}
