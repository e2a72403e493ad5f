// The console as `make deploy` publishes it: its page on one origin, the API on another, people signed in by Supabase.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { python } from "./server.ts";
import { bring, go, hasLoaded, isAccessible, mistakesOf, PDF, PROJECT, url } from "./steps.ts";

const DIST = join(import.meta.dirname, "..", "dist");
const KEY = "sb_publishable_abc";
const CONFIGURE = `
import sys
from infrastructure.hosting import Addresses, configured
print(configured(sys.stdin.read(), Addresses(*sys.argv[1:])))
`;
const TYPES: Record<string, string> = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css" };
const paths = readFileSync(join(PROJECT, "infrastructure", "console_paths.js"), "utf8");
const handler = new Function(`${paths}; return handler;`)() as (event: { request: { uri: string } }) => { uri: string };
const rewritten = (uri: string): string => handler({ request: { uri } }).uri;

async function listening(listener: RequestListener, port = 0): Promise<[address: string, stop: () => void]> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return [`http://127.0.0.1:${(server.address() as AddressInfo).port}`, () => void server.close()];
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, string>> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString()) as Record<string, string>;
}

/** A stub of Supabase. Everybody's password is "right", and every token must be renewed at once. `renews` decides whether that succeeds. */
function supabase(granted: string[], renews: () => Promise<boolean> = async () => true): RequestListener {
  const answer: RequestListener = async (request, response) => {
    const cors = { "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*" };
    if (request.method === "OPTIONS") return void response.writeHead(204, cors).end();
    const tell = (status: number, told: object): void => void response.writeHead(status, { ...cors, "Content-Type": "application/json" }).end(JSON.stringify(told));
    const asked = new URL(request.url ?? "/", "http://supabase");
    granted.push(asked.searchParams.get("grant_type") ?? asked.pathname);
    if (request.headers["apikey"] !== KEY) return tell(401, { message: "No API key found" });
    if (asked.pathname === "/auth/v1/logout") return tell(204, {});
    const { email, password, refresh_token: renewed } = await bodyOf(request);
    if (!renewed && password !== "right") return tell(400, { error_code: "invalid_credentials" });
    if (renewed && !(await renews())) return tell(400, { error_code: "refresh_token_not_found" });
    const who = renewed ?? email?.split("@")[0];
    const token = await fetch(url("/local/tokens"), { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ user_id: who }) });
    const { token: access_token } = (await token.json()) as { token: string };
    return tell(200, { access_token, refresh_token: who, expires_at: Date.now() / 1000 + (renewed ? 3600 : 0) });
  };
  return (request, response) => void answer(request, response);
}

/** Publishes a page whose people sign in at this address. Returns the page's address and a function that stops it. */
async function published(identities: RequestListener): Promise<[address: string, stop: () => void]> {
  const [auth, stopAuth] = await listening(identities);
  const built = readFileSync(join(DIST, "index.html"), "utf8");
  const lyceum = url("").replace(/\/$/, "");
  const socket = await fetch(url("/api/asyncapi.json")).then(async (one) => ((await one.json()) as { servers: Record<string, { host: string }> }).servers);
  const socketHost = Object.values(socket)[0]?.host ?? "";
  const html = execFileSync(python, ["-c", CONFIGURE, lyceum, `ws://${socketHost}`, lyceum, auth, KEY], { cwd: PROJECT, input: built, encoding: "utf8" });
  const [hosted, stopHosted] = await listening((request, response) => {
    const path = rewritten(new URL(request.url ?? "/", "http://page").pathname);
    const file = join(DIST, path);
    if (!existsSync(file)) return void response.writeHead(403).end();
    response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" });
    return void response.end(path === "/index.html" ? html : readFileSync(file));
  }, Number(process.env["HOSTED_PORT"]));
  const stop = (): void => {
    stopHosted();
    stopAuth();
  };
  return [hosted, stop];
}

async function signIn(page: Page, hosted: string): Promise<void> {
  await page.goto(hosted);
  await page.getByLabel("E-mail address").fill("emmy@school.example");
  await page.getByLabel("Password").fill("right");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
}

const kept = (page: Page): Promise<string | null> => page.evaluate(() => sessionStorage.getItem("lyceum.session"));

test("every path gets the page, but a missing file under /assets stays missing", () => {
  expect(["/", "/documents/a.b", "/class/physics_101/items", "/index.html"].map(rewritten)).toEqual(Array(4).fill("/index.html"));
  expect(rewritten("/assets/gone-1a2b.js")).toBe("/assets/gone-1a2b.js");
});

test("a learner signs in by password on another origin than the API's, uploads, asks and opens the source", async ({ page }) => {
  const granted: string[] = [];
  const [hosted, stop] = await published(supabase(granted));
  const mistakes = mistakesOf(page);
  await page.goto(`${hosted}/tutor`);
  await isAccessible(page);
  await page.getByLabel("E-mail address").fill("emmy@school.example");
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("The address or the password is wrong.")).toBeVisible();
  expect(mistakes.splice(0).every((one) => one.includes("400"))).toBe(true);
  await page.getByLabel("Password").fill("right");
  await page.getByRole("button", { name: "Sign in" }).dblclick();
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
  await page.reload(); // at the address of a page, in the same session
  await go(page, "Documents");
  await bring(page, PDF);
  await go(page, "Tutor");
  await page.getByLabel("Ask your documents").fill("What does the second law say?");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await page.locator("a.source").first().click();
  await expect(page.locator(".textLayer .marked").first()).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByLabel("E-mail address")).toBeVisible();
  await expect.poll(() => granted).toEqual(["password", "password", "refresh_token", "/auth/v1/logout"]);
  expect(mistakes).toEqual([]);
  stop();
});

test("a person who signs out while the token is renewed stays signed out", async ({ page }) => {
  const granted: string[] = [];
  let isHeld = false;
  let letGo = (): void => undefined;
  const renews = (): Promise<boolean> => new Promise((resolve) => (isHeld ? (letGo = () => resolve(true)) : resolve(true)));
  const [hosted, stop] = await published(supabase(granted, renews));
  await signIn(page, hosted);
  await hasLoaded(page);
  isHeld = true;
  await page.clock.setFixedTime(Date.now() + 3_600_000);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByLabel("E-mail address")).toBeVisible();
  await expect.poll(() => granted).toEqual(["password", "refresh_token", "refresh_token"]);
  letGo();
  await expect.poll(() => granted.at(-1)).toBe("/auth/v1/logout"); // with the renewed token, which came late
  expect(await kept(page)).toBeNull();
  stop();
});

test("a renewal that is refused ends the session, and says so", async ({ page }) => {
  let isRefused = false;
  const [hosted, stop] = await published(supabase([], async () => !isRefused));
  await signIn(page, hosted);
  await hasLoaded(page);
  isRefused = true;
  await page.clock.setFixedTime(Date.now() + 3_600_000);
  await go(page, "Due today");
  await expect(page.getByLabel("E-mail address")).toBeVisible();
  await expect(page.getByRole("alert")).toHaveText("Your session has ended. Sign in again.");
  expect(await kept(page)).toBeNull();
  stop();
});
