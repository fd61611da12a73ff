// New versions of the app: looked for in the background, started only when somebody taps.
const LOOK_EVERY_MS = 1_800_000;

let waiting = $state.raw<ServiceWorker | null>(null);
let registration: ServiceWorkerRegistration | null = null;

export const updates = {
  get waiting(): boolean {
    return waiting !== null;
  },
  /** The tap on the banner: the waiting version takes over and the page begins again with it. */
  take(): void {
    if (waiting === null) return;
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    waiting.postMessage("take_over");
  },
  /** Asks the server whether there is a newer version. */
  look(): void {
    registration?.update().catch(() => undefined);
  },
};

/** Registers the service worker. Without one the app still works, but does not open offline. */
export async function follow_updates(): Promise<void> {
  if (!("serviceWorker" in navigator) || import.meta.env.DEV) return;
  try {
    registration = await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
  } catch {
    return;
  }
  const found = registration;
  const note = (worker: ServiceWorker | null) => {
    // The first worker of all has nobody to replace.
    if (worker?.state === "installed" && navigator.serviceWorker.controller !== null) waiting = worker;
  };
  note(found.waiting);
  found.addEventListener("updatefound", () => {
    const worker = found.installing;
    worker?.addEventListener("statechange", () => note(worker));
  });
  setInterval(() => updates.look(), LOOK_EVERY_MS);
}
