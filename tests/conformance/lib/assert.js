// Exact shapes, and exceptions as the SDKs type them.

import assert from 'node:assert/strict';

export { assert };

/**
 * Holds a value against a description: every member that is described is there and no other is. A function describes
 * what it does not answer with false.
 */
export function exactly(actual, expected, path = 'value') {
  if (typeof expected === 'function') {
    assert.ok(
      expected(actual) !== false,
      `${path} is ${JSON.stringify(actual)}, which is not ${expected.name || expected}`,
    );
  } else if (Array.isArray(expected)) {
    assert.ok(Array.isArray(actual), `${path} is no list: ${JSON.stringify(actual)}`);
    assert.equal(actual.length, expected.length, `length of ${path}: ${JSON.stringify(actual)}`);
    for (const [index, item] of expected.entries()) {
      exactly(actual[index], item, `${path}[${index}]`);
    }
  } else if (expected !== null && typeof expected === 'object') {
    assert.ok(actual !== null && typeof actual === 'object', `${path} is no object: ${JSON.stringify(actual)}`);
    const members = value =>
      Object.keys(value)
        .filter(name => name !== '$metadata' && value[name] !== undefined)
        .sort();
    assert.deepEqual(members(actual), members(expected), `members of ${path}`);
    for (const name of members(expected)) {
      exactly(actual[name], expected[name], `${path}.${name}`);
    }
  } else {
    assert.equal(actual, expected, path);
  }
}

/** A timestamp of an API answer, as the SDK has read it, about now. */
export function aRecentDate(value) {
  return value instanceof Date && Math.abs(value.getTime() - Date.now()) < 10 * 60_000;
}

/** A timestamp of an event: ISO 8601, UTC, exactly three digits of a second. */
export function anIsoTime(value) {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);
}

/** MessageId: 1 to 128 of the model's characters. */
export function aMessageId(value) {
  return typeof value === 'string' && /^[-_a-zA-Z0-9]{1,128}$/.test(value);
}

export function aSentence(value) {
  return typeof value === 'string' && value.length > 0;
}

/**
 * @param {Promise} promise what must be refused
 * @param {Function} type the SDK's exception class
 * @param {string} code the short code in the body
 * @param {number} status
 */
export async function refused(promise, type, code, status) {
  const error = await failure(promise);
  assert.ok(error instanceof type, `${error.name} (${error.message}) is no ${type.name}`);
  assert.equal(error.name, type.name);
  assert.equal(error.Code, code);
  assert.equal(error.$metadata.httpStatusCode, status);
  assert.equal(error.$fault, 'client');
  assert.ok(aSentence(error.message), 'an exception has a message');
  assert.ok(aSentence(error.$metadata.requestId), 'an exception has a request id');
  return error;
}

/**
 * A refusal that the service models do not type: from in front of the service.
 * @param {string | string[]} names one of which it must have
 */
export async function refusedBefore(promise, names, status) {
  const error = await failure(promise);
  assert.ok([names].flat().includes(error.name), `${error.name} (${error.message}) is not ${names}`);
  assert.equal(error.$metadata?.httpStatusCode, status);
  assert.ok(aSentence(error.message), 'an exception has a message');
  return error;
}

async function failure(promise) {
  let answer;
  try {
    answer = await promise;
  } catch (error) {
    return error;
  }

  assert.fail(`It was not refused: ${JSON.stringify(answer)}`);
}
