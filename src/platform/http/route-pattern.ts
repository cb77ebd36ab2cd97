/** Which paths a route of the router answers: `/v1/studies/:id` is `/v1/studies/`, then one segment. */
export function routePattern(url: string): RegExp {
  return new RegExp(`^${url.replaceAll(/[.]/g, '\\.').replaceAll(/:\w+/g, '[^/]+')}$`);
}
