import { fineTimeOf } from '../../session/times.ts';
import type { Authorizer, Integration, Route, Source, StrayHandshake } from '../../session/types.ts';

export const sources: Record<Source, string> = {
  CONTROL_PLANE: 'Control plane',
  FILE: 'Definitions file',
  CODE: 'In C#',
};

/** What is behind a route, as people would say it. */
export function behind(route: Route, integrations: readonly Integration[]): { what: string; where: string } {
  const id = route.target?.replace('integrations/', '');
  const integration = integrations.find(i => i.integrationId === id);
  if (!id) return { what: 'Nothing', where: 'Messages are taken, and nothing is done' };
  if (!integration) return { what: 'Missing', where: `The integration ${id} is not there` };
  const uri = integration.integrationUri ?? '';
  switch (integration.integrationType) {
    case 'AWS_PROXY':
      return uri.startsWith('carillon:handler/')
        ? { what: 'Handler in C#', where: uri.replace('carillon:handler/', '') }
        : { what: 'Function', where: functionOf(uri) };
    case 'HTTP_PROXY':
      return { what: 'HTTP', where: uri };
    case 'MOCK':
      return { what: 'Mock', where: 'Answers what its templates say' };
    default:
      return { what: integration.integrationType, where: uri };
  }
}

/** The name of the function that an invocation URI or an ARN names; the text itself where it names none. */
export function functionOf(uri: string): string {
  return /:function:([^:/]+)/.exec(uri)?.[1] ?? uri;
}

/** Who may pass, for `$connect`; null for other routes, which nobody is asked for. */
export function admission(route: Route, authorizers: readonly Authorizer[]): string | null {
  if (route.routeKey !== '$connect') return null;
  const authorizer = authorizers.find(a => a.authorizerId === route.authorizerId);
  switch (route.authorizationType ?? 'NONE') {
    case 'NONE':
      return 'Anybody may connect';
    case 'AWS_IAM':
      return 'Signed requests whose policies allow it';
    case 'JWT':
      return `Tokens that ${authorizer?.name ?? 'an authorizer'} believes`;
    default:
      return `Whoever the authorizer ${authorizer?.name ?? ''} lets in`;
  }
}

/** Which stages were asked for in vain, the one asked for last first, and by whom. */
export function strayed(handshakes: readonly StrayHandshake[]): { stageName: string; what: string }[] {
  const stages = new Map<string, StrayHandshake[]>();
  for (const handshake of [...handshakes].reverse())
    stages.set(handshake.stageName, [...(stages.get(handshake.stageName) ?? []), handshake]);
  return [...stages].map(([stageName, [last, ...earlier]]) => {
    const when = last ? `at ${fineTimeOf(last.at)} from ${last.sourceIp}` : '';
    return {
      stageName,
      what: earlier.length === 0 ? `once, ${when}` : `${earlier.length + 1} times, the last ${when}`,
    };
  });
}
