// Calls between browsers through samples/rooms. The page is not the video tutorial's own, whose source is not at hand to keep here,
// but one written to its wire: joinRoom, newParticipant, sendMsgToRoom (page/main.js).
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { noBrowser } from '../browser.ts';
import { type Colour, Person, Rooms, serve } from './rooms.ts';

describe.skipIf(noBrowser)(`People in a call${noBrowser ? ` (${noBrowser})` : ''}`, () => {
  let rooms: Rooms;
  const people: Person[] = [];
  const stops: (() => void)[] = [];

  beforeAll(async () => {
    rooms = await Rooms.start();
  });
  afterAll(() => rooms?.stop());

  afterEach(async () => {
    const complaints = people.flatMap(person => person.complaints);
    await Promise.all(people.splice(0).map(person => person.leave()));
    for (const stop of stops.splice(0)) stop();
    expect(complaints.join('\n')).toBe('');
  });

  async function front(websocketUri: string): Promise<string> {
    const { url, stop } = await serve(websocketUri);
    stops.push(stop);
    return url;
  }

  async function arrive(colour: Colour): Promise<Person> {
    const person = await Person.arrive(colour);
    people.push(person);
    return person;
  }

  for (const scheme of ['ws', 'wss'] as const) {
    test(`two see each other over ${scheme}`, async () => {
      const url = await front(scheme === 'ws' ? rooms.plain : rooms.secure);
      const [red, blue] = await Promise.all([arrive('red'), arrive('blue')]);
      await red.enter(url, scheme);
      await blue.enter(url, scheme);

      await Promise.all([red.sees('blue'), blue.sees('red')]);

      expect((await red.look('local')).colour).toBe('red');
      expect((await red.heard()).map(message => message.type)).toContain('newParticipant');
      // Whoever comes is told of nobody, and is offered to.
      expect((await blue.heard()).map(message => message.type)).not.toContain('newParticipant');
      expect((await blue.heard())[0]?.type).toBe('offer');
    });
  }

  test('a third is refused, the call goes on, and with a place free the third gets it', async () => {
    const url = await front(rooms.plain);
    const [red, blue, green] = await Promise.all([arrive('red'), arrive('blue'), arrive('green')]);
    await red.enter(url, 'three');
    await blue.enter(url, 'three');
    await Promise.all([red.sees('blue'), blue.sees('red')]);

    await green.enter(url, 'three');
    await green.hears('error');
    expect(await green.heard()).toEqual([{ type: 'error', message: 'The room is full.' }]);
    await Promise.all([red.sees('blue'), blue.sees('red')]);

    await blue.leave();
    people.splice(people.indexOf(blue), 1);
    await red.hears('participantLeft');
    const [came, left] = (await red.heard()).filter(message => message.participantConnectionId);
    expect([came?.type, left?.type]).toEqual(['newParticipant', 'participantLeft']);
    expect(left?.participantConnectionId).toBe(came?.participantConnectionId);

    await green.page.reload();
    await Promise.all([red.sees('green'), green.sees('red')]);
  });

  test('other rooms see nothing of it', async () => {
    const url = await front(rooms.plain);
    const [red, blue, green] = await Promise.all([arrive('red'), arrive('blue'), arrive('green')]);
    await green.enter(url, 'another');
    await red.enter(url, 'one');
    await blue.enter(url, 'one');
    await Promise.all([red.sees('blue'), blue.sees('red')]);

    expect(await green.heard()).toEqual([]);
    expect((await green.look('remote')).width).toBe(0);
  });
});
