import { post } from '@carillon/web-kit/http';

export type Person = 'ada' | 'ben';

/** What lets one window act as one of the two people, for an hour at most. */
export interface Pass {
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string };
  appInstanceArn: string;
  userArn: string;
  channelArn: string;
  region: string;
  endpoint: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** A pass is renewed when less than this is left of it. */
const renewBeforeMs = 5 * 60_000;

/** Fetches one person's pass, keeps it while it lasts, and asks once however many want it at the same time. */
export class Passes {
  private held: Pass | undefined;
  private asking: Promise<Pass> | undefined;

  constructor(
    private readonly person: Person,
    private readonly ask: (person: Person) => Promise<Pass> = askServer,
    private readonly now: () => number = Date.now,
  ) {}

  async current(): Promise<Pass> {
    if (this.held && this.held.expiresAt - this.now() > renewBeforeMs) return this.held;
    this.asking ??= this.ask(this.person).finally(() => {
      this.asking = undefined;
    });
    this.held = await this.asking;
    return this.held;
  }

  /** Forgets the pass: the server no longer takes it. */
  forget(): void {
    this.held = undefined;
  }
}

async function askServer(person: Person): Promise<Pass> {
  const body = await post('/start/demo', { as: person });
  const { credentials, expiration, ...rest } = body as Omit<Pass, 'expiresAt'> & { expiration: string };
  return { ...rest, credentials, expiresAt: Date.parse(expiration) };
}
