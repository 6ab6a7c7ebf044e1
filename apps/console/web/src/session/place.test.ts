import { expect, test } from 'vitest';
import { apiPath, functionPath, placeOf, withQuery } from './place.ts';

test.each([
  ['/console', { view: 'apis' }],
  ['/console/', { view: 'apis' }],
  ['/console/gateway', { view: 'apis' }],
  ['/console/gateway/apis', { view: 'apis' }],
  ['/console/gateway/apis/abc/', { view: 'api', api: 'abc' }],
  ['/console/gateway/functions', { view: 'functions' }],
  ['/console/gateway/functions/hello', { view: 'function', name: 'hello' }],
  ['/console/gateway/apis/%zz', { view: 'api', api: '%zz' }],
  ['/console/gateway/apis/abc/more', { view: 'none' }],
  ['/console/channels', { view: 'none' }],
])('%s', (path, place) => {
  expect(placeOf(path)).toEqual(place);
});

test('paths lead back to what they were made of', () => {
  for (const id of ['a', 'a b', 'ä/?#%']) {
    expect(placeOf(apiPath(id))).toEqual({ view: 'api', api: id });
    expect(placeOf(functionPath(id))).toEqual({ view: 'function', name: id });
  }
});

test('a filter that is empty leaves the address', () => {
  expect(withQuery('?tab=events&route=join', { route: '', status: 'failed' })).toBe('?tab=events&status=failed');
  expect(withQuery('?route=join', { route: undefined })).toBe('');
});
