import type { DeskApi } from './api.ts';
import type { Person } from './types.ts';

export type Standing = Pick<Person, 'state' | 'until' | 'reason'>;
export type PeoplePage = Awaited<ReturnType<DeskApi['people']>>;

/** What is known of people beyond the list that shows them: whose ticket it is, and how they stand since they were listed. */
export class People {
  private readonly numberOf = new Map<string, number>();
  /** When each was heard, by a count of what was heard. */
  private readonly heardAt = new Map<number, number>();
  private heard = 0;
  /** By ticket number; another map whenever something changed. */
  standing: ReadonlyMap<number, Standing> = new Map();

  constructor(private readonly ask: DeskApi['people']) {}

  /** A page of the list. It is newer than what was heard before it was asked for, and older than what is heard meanwhile. */
  async find(q: string, state: string, after?: string): Promise<PeoplePage> {
    const from = this.heard;
    const page = await this.ask(q, state, after);
    const standing = new Map(this.standing);
    for (const person of page.people) {
      this.met(person);
      if ((this.heardAt.get(person.number) ?? 0) <= from) standing.delete(person.number);
    }
    this.standing = standing;
    return page;
  }

  stands(number: number, standing: Standing): void {
    this.heardAt.set(number, ++this.heard);
    this.standing = new Map(this.standing).set(number, standing);
  }

  /** Something may have been missed: what is listed from now on counts. */
  forget(): void {
    this.heardAt.clear();
    this.standing = new Map();
  }

  met(person: { userArn: string | null; number: number | null }): void {
    if (person.userArn && person.number !== null) this.numberOf.set(person.userArn, person.number);
  }

  known(userArn: string): number | undefined {
    return this.numberOf.get(userArn);
  }
}
