// Waiting is for a condition, with a deadline; nothing here waits for time to pass.

/** @param {() => string} what named when the deadline passes */
export async function deadline(promise, milliseconds, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited ${milliseconds} ms in vain for ${what()}`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A list that is added to elsewhere, and whose readers wait for what they look for. */
export class Watched {
  items = [];
  #waiting = new Set();

  push(item) {
    this.items.push(item);
    for (const look of [...this.#waiting]) {
      look();
    }
  }

  /** Resolves with what `find` returns once that is neither undefined nor null nor false. */
  until(find, what, milliseconds = 10_000) {
    let look;
    const found = new Promise((resolve, reject) => {
      look = () => {
        try {
          const result = find(this.items);
          if (result !== undefined && result !== null && result !== false) {
            resolve(result);
          }
        } catch (error) {
          reject(error);
        }
      };
      this.#waiting.add(look);
      look();
    });
    return deadline(found, milliseconds, () => what).finally(() => this.#waiting.delete(look));
  }
}

/**
 * Asks again until the answer satisfies. For what AWS lets take effect a little later (new roles and policies); our own
 * server satisfies at the first time of asking. Between two questions lies the round trip of the question itself.
 */
export async function eventually(ask, satisfies, what, milliseconds = 30_000) {
  const end = performance.now() + milliseconds;
  for (;;) {
    let answer;
    let failure;
    try {
      answer = await ask();
    } catch (error) {
      failure = error;
    }

    if (satisfies(answer, failure)) {
      return answer;
    }

    if (performance.now() > end) {
      throw failure ?? new Error(`Waited ${milliseconds} ms in vain for ${what}`);
    }
  }
}
