import { LyceumError } from "@lyceum/client";
import { config } from "./config.ts";

/** The session of a signed-in person. A token of the demo school cannot be renewed. */
export interface Kept {
  access_token: string;
  refresh_token?: string;
  /** Seconds since 1970. */
  expires_at?: number;
}

const KEPT = "lyceum.session"; // for this tab only: the session ends with it
const EARLY_SECONDS = 60;
/** The names of drafts in the tab's storage begin with this. */
const DRAFTS = "lyceum.draft.";

/** The names of a person's drafts begin with this. */
export const draftsOf = (userId: string): string => `${DRAFTS}${userId}.`;

/** Removes the drafts of this tab: all of them, or those of everybody but one person. */
export function forgetDrafts(keptUserId?: string): void {
  for (const key of Object.keys(sessionStorage)) {
    const isKept = keptUserId !== undefined && key.startsWith(draftsOf(keptUserId));
    if (key.startsWith(DRAFTS) && !isKept) sessionStorage.removeItem(key);
  }
}

export function keptSession(): Kept | null {
  const kept = sessionStorage.getItem(KEPT);
  return kept ? (JSON.parse(kept) as Kept) : null;
}

export function keepSession(kept: Kept | null): void {
  if (kept) sessionStorage.setItem(KEPT, JSON.stringify(kept));
  else sessionStorage.removeItem(KEPT);
}

/** Signs in with Supabase. Throws `LyceumError`: `invalid_token` if the address or the password is wrong. */
export const signInWith = (email: string, password: string): Promise<Kept> => grant("password", { email, password });

/** Returns the access token of a session, and renews it shortly before it expires. */
export class Tokens {
  #kept: Kept;
  #renewal: Promise<Kept> | null = null;
  #hasEnded = false;

  constructor(kept: Kept) {
    this.#kept = kept;
  }

  async current(): Promise<string> {
    const { refresh_token, expires_at } = this.#kept;
    if (refresh_token && expires_at && expires_at - EARLY_SECONDS < Date.now() / 1000) {
      this.#renewal ??= grant("refresh_token", { refresh_token }).finally(() => (this.#renewal = null)); // a refresh token can be used once
      this.#kept = await this.#renewal;
      if (!this.#hasEnded) keepSession(this.#kept);
    }
    return this.#kept.access_token;
  }

  /** Ends the session. The result of a running renewal is discarded. */
  end(): void {
    const last = this.current();
    this.#hasEnded = true;
    void last.then(signOutFrom, () => undefined);
  }
}

/** Ends the session at Supabase too. If that fails, it expires there by itself. */
async function signOutFrom(accessToken: string): Promise<void> {
  if (!config.supabase) return;
  const { url, key } = config.supabase;
  const headers = { apikey: key, Authorization: `Bearer ${accessToken}` };
  await fetch(`${url}/auth/v1/logout?scope=local`, { method: "POST", headers }).catch(() => undefined);
}

async function grant(type: "password" | "refresh_token", body: object): Promise<Kept> {
  if (!config.supabase) throw new Error("this console signs nobody in by password");
  const { url, key } = config.supabase;
  const response = await fetch(`${url}/auth/v1/token?grant_type=${type}`, {
    method: "POST",
    headers: { apikey: key, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => null);
  if (!response) throw new LyceumError(0, "connection_failed", "The sign-in service does not answer.");
  if (response.ok) return (await response.json()) as Kept;
  if (response.status === 429) throw new LyceumError(429, "too_many_requests", "Too many tries.");
  if (response.status < 500) throw new LyceumError(401, "invalid_token", "The sign-in service refused this.");
  throw new LyceumError(502, "identity_provider_unavailable", "The sign-in service failed.");
}
