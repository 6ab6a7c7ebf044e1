/** What lets a page act as one user of the platform for a while, by temporary credentials. */
export interface Pass {
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string };
  userArn: string;
  channelArn: string;
  /** The part of an elastic channel that the user is in. */
  subChannelId?: string | null;
  region: string;
  endpoint: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** A pass is renewed when less than this is left of it. */
const renewBeforeMs = 5 * 60_000;
/** And not before it was held this long, whatever this clock says: the shortest pass there is lasts fifteen minutes. */
const heldAtLeastMs = 5 * 60_000;

/** Fetches one user's pass, keeps it while it lasts, and asks once however many want it at the same time. */
export class Passes {
  private held: Pass | undefined;
  private renewAt = 0;
  private asking: Promise<Pass> | undefined;

  constructor(
    private readonly ask: () => Promise<Pass>,
    private readonly now: () => number = Date.now,
  ) {}

  async current(): Promise<Pass> {
    if (this.held && this.now() < this.renewAt) return this.held;
    this.asking ??= this.ask().finally(() => {
      this.asking = undefined;
    });
    this.held = await this.asking;
    this.renewAt = Math.max(this.held.expiresAt - renewBeforeMs, this.now() + heldAtLeastMs);
    return this.held;
  }

  /** Forgets the pass: the server no longer takes it. */
  forget(): void {
    this.held = undefined;
  }
}
