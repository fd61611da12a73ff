// The service worker: the app opens without a network. It never keeps an answer of the API, and never takes over unasked.
declare const self: ServiceWorkerGlobalScope;
declare const __PRECACHE__: { version: string; files: string[] };

const { version, files } = __PRECACHE__;
const OURS = "bedside-";
const CACHE = OURS + version;
const known = new Set(files);

self.addEventListener("install", (event) => {
  const fresh = files.map((file) => new Request(file, { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forget_others().then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  if (event.data === "take_over") event.waitUntil(self.skipWaiting());
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin || url.pathname.startsWith("/api/")) return;
  const file = event.request.mode === "navigate" ? "/" : url.pathname;
  if (known.has(file)) event.respondWith(kept(file, event.request));
});

async function kept(file: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(file)) ?? fetch(request);
}

async function forget_others(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(OURS) && name !== CACHE).map((name) => caches.delete(name)));
}
