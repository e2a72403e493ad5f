import { inject, vi } from "vitest";
import { WebSocket as NodeWebSocket } from "ws";
import { Rest, Socket, type RestOptions } from "../src/index.ts";
import { sleep } from "../src/rest.ts";
import { RARELY_MS } from "../src/uploads.ts";

export const NOTES =
  "# Newton\n\nNewton's first law states that a body at rest stays at rest unless a force acts on it. " +
  "Inertia is the tendency of a body to resist a change of its motion. " +
  "The second law states that force equals mass times acceleration. " +
  "Friction is a force that opposes the motion of a body.\n";

export function rest(options: Partial<RestOptions> = {}): Rest {
  return new Rest({ url: inject("url"), token: () => inject("tokens").ada, ...options });
}

/** A `sleep` that waits 50 milliseconds at most. */
export const briefly = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.min(milliseconds, 50)));

/** Waits until the check throws no more, up to a minute, for busy machines: `vi.waitFor` gives up after a second. */
export const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 60_000 });

/**
 * A `sleep` whose wait of `RARELY_MS` ends only when it is aborted. With it, a client that gets pushes never asks again by
 * itself, so a test shows that a push was enough.
 */
export const notRarely = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
  milliseconds !== RARELY_MS
    ? sleep(milliseconds, signal)
    : new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason), { once: true }));

export const open = (url: string): WebSocket => new NodeWebSocket(url) as unknown as WebSocket;

export function socket(client: Rest = rest()): Socket {
  return new Socket(client, { open, sleep: briefly });
}
