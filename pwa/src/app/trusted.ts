// The page may load no script but its own, not even its service worker and workers: Trusted Types' default policy.
type Policy = { createScriptURL: (url: string) => string };
type TrustedTypes = { createPolicy(name: string, policy: Policy): unknown };

const OWN = /^\/(sw\.js|assets\/[\w.-]+\.js)$/;

/** Call once, before anything registers a worker. Browsers without Trusted Types have nothing to be told. */
export function allow_own_workers(): void {
  const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  types?.createPolicy("default", {
    createScriptURL(url) {
      const asked = new URL(url, location.href);
      const development = import.meta.env.DEV && asked.origin === location.origin;
      if (development || (asked.origin === location.origin && OWN.test(asked.pathname))) return asked.href;
      throw new TypeError(`no script from ${asked.origin}${asked.pathname}`);
    },
  });
}
