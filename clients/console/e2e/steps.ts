import { basename, join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

export const PROJECT = join(import.meta.dirname, "..", "..", "..");
export const PDF = join(PROJECT, "demo", "documents", "newtons-laws.pdf");
export const url = (path = "/"): string => `${process.env["LYCEUM_URL"]}${path}`;

export async function signIn(page: Page, name: RegExp): Promise<void> {
  await page.goto(url());
  await page.getByRole("button", { name }).click();
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
}

export const go = (page: Page, name: string): Promise<void> =>
  page.getByRole("navigation", { name: "Main" }).getByRole("link", { name, exact: true }).click();

/** Uploads a file on the page that is open, and waits until it is read. */
export async function bring(page: Page, file: string | { name: string; mimeType: string; buffer: Buffer }): Promise<void> {
  await page.getByLabel("Drop files here").setInputFiles(file);
  await isReady(page, typeof file === "string" ? basename(file) : file.name);
}

/** Waits until the document with this name is read. */
export const isReady = (page: Page, name: string): Promise<void> =>
  expect(page.locator(".document", { hasText: name }).getByText("ready", { exact: true })).toBeVisible();

/** Waits until the microphone has been on for this number of seconds or more; the page may be checked late. */
export const hasRecorded = (page: Page, seconds: number): Promise<void> =>
  expect.poll(async () => Number.parseInt((await page.getByRole("timer").textContent()) ?? "", 10)).toBeGreaterThanOrEqual(seconds);

/** Opens a page of the class by its tab. */
export const tab = (page: Page, name: string): Promise<void> => page.locator("nav.tabs").getByRole("link", { name, exact: true }).click();

/** Checks that the page violates no rule of WCAG 2.2 AA, in both themes. */
export async function isAccessible(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    const found = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
    expect(found.violations.map((one) => [page.url(), colorScheme, one.id, one.nodes.map((node) => node.html)])).toEqual([]);
  }
}

/** The errors and warnings in the page's console while a test runs. */
export function mistakesOf(page: Page): string[] {
  const mistakes: string[] = [];
  page.on("console", (message) => message.type() === "error" && mistakes.push(message.text()));
  page.on("pageerror", (error) => mistakes.push(String(error)));
  return mistakes;
}

/** Presses Tab until the element has the focus. */
export async function tabTo(page: Page, name: string | RegExp, role: "button" | "link" | "radio" | "checkbox" | "textbox" = "button"): Promise<void> {
  const target = page.getByRole(role, { name }).first();
  await expect(target).toBeVisible();
  for (let steps = 0; steps < 90; steps += 1) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`the keyboard does not reach ${String(name)}`);
}

/** Presses a button or link by the keyboard alone. */
export async function press(page: Page, name: string | RegExp, role: "button" | "link" = "button"): Promise<void> {
  await tabTo(page, name, role);
  await page.keyboard.press("Enter");
}

/** Waits until the page of documents has all responses that it requests when it is opened. */
export async function hasLoaded(page: Page): Promise<void> {
  await expect(page.locator(".document, .empty").first()).toBeVisible();
  const answered = (): Promise<string[]> =>
    page.evaluate(() => performance.getEntriesByType("resource").map((one) => new URL(one.name).pathname));
  await expect.poll(answered).toEqual(expect.arrayContaining(["/api/me", "/api/files", "/api/subjects", "/api/ws-ticket"]));
}
