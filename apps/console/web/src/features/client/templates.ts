export interface Template {
  routeKey: string;
  text: string;
}

/** A message for each route that messages can choose, as its selection expression wants it. */
export function templates(expression: string, routeKeys: readonly string[]): Template[] {
  return routeKeys
    .filter(key => key !== '$connect' && key !== '$disconnect')
    .map(routeKey => ({ routeKey, text: template(expression, routeKey) }))
    .filter((t): t is Template => t.text !== null);
}

/** Null where nothing that could be written here would choose the route. */
function template(expression: string, routeKey: string): string | null {
  if (routeKey === '$default') return JSON.stringify({ message: 'hello' });
  const parts = partsOf(expression);
  const body: Record<string, unknown> = {};
  let rest = routeKey;
  for (const [at, part] of parts.entries()) {
    if (part.literal !== undefined) {
      if (!rest.startsWith(part.literal)) return null;
      rest = rest.slice(part.literal.length);
      continue;
    }
    if (!part.path) return null;
    // A variable takes everything up to the text that follows it.
    const following = parts[at + 1]?.literal;
    const end = following === undefined ? rest.length : rest.indexOf(following);
    if (end < 0) return null;
    put(body, part.path, rest.slice(0, end));
    rest = rest.slice(end);
  }
  return rest === '' ? JSON.stringify(body) : null;
}

interface Part {
  literal?: string;
  /** The way to a member of the body. */
  path?: string[];
}

const variable = /\$\{request\.body\.([^}]+)\}|\$request\.body\.([\w.-]+)/y;

function partsOf(expression: string): Part[] {
  const source = expression.startsWith('request.body.') ? `$${expression}` : expression;
  const parts: Part[] = [];
  let literal = '';
  for (let at = 0; at < source.length; ) {
    variable.lastIndex = at;
    const found = variable.exec(source);
    if (!found) {
      literal += source[at++];
      continue;
    }
    if (literal) parts.push({ literal });
    literal = '';
    parts.push({ path: (found[1] ?? found[2] ?? '').split('.') });
    at += found[0].length;
  }
  return literal ? [...parts, { literal }] : parts;
}

function put(body: Record<string, unknown>, path: readonly string[], value: string): void {
  let here = body;
  for (const step of path.slice(0, -1)) {
    const next = here[step];
    here = here[step] = typeof next === 'object' && next !== null ? (next as Record<string, unknown>) : {};
  }
  here[path.at(-1) ?? ''] = value;
}
