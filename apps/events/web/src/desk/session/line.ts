import type { DeviceSurroundings } from '../../fan/session/device.ts';
import { refusalOf } from '../../shared/http.ts';

type Open = DeviceSurroundings['open'];

/**
 * The desk's line to the server. It greets by the first thing it says. Where it is closed before that, the API is asked
 * once whether the reader may still be here: a browser hides from its page why a socket was not opened, and trying again
 * would never end.
 * @param ask anything that only staff of the show may ask.
 */
export function deskLine(open: Open, ask: () => Promise<unknown>): Open {
  return events => {
    let greeted = false;
    return open({
      open: events.open,
      message: text => {
        if (!greeted) events.message('{"t":"hello"}');
        greeted = true;
        events.message(text);
      },
      closed: code => {
        if (greeted || code > 4000) events.closed(code);
        else void whyClosed(ask).then(why => events.closed(why ?? code));
      },
    });
  };
}

/** The close code that the server would have given; undefined where another attempt may do better. */
async function whyClosed(ask: () => Promise<unknown>): Promise<number | undefined> {
  try {
    await ask();
    return undefined;
  } catch (error) {
    const { status } = refusalOf(error);
    return status === 401 ? 4401 : status === 403 || status === 404 ? 4403 : undefined;
  }
}
