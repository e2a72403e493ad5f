// Every page of the router, read from its sources. If you add a route, add an address of it here.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { answeredClass, Person, SUBJECT } from "./school.ts";
import { go, isAccessible, mistakesOf, signIn, url } from "./steps.ts";

const SOURCES = join(import.meta.dirname, "..", "src");
const NARROW = 360;
/** The paths of a file's routes that show a page of their own. */
const routesOf = (file: string): string[] => [...readFileSync(join(SOURCES, file), "utf8").matchAll(/<Route path="([^"*]+)"/g)].map(([, path]) => path ?? "");

/** Checks that the page is complete and accessible, also on a narrow screen and in German. */
async function isWhole(page: Page, path: string): Promise<void> {
  await page.goto(url(path));
  await expect(page.locator("h1")).toHaveCount(1);
  await expect(page.locator(".loading")).toHaveCount(0);
  const heading = (await page.locator("h1").textContent()) ?? "";
  await expect.poll(() => page.title(), path).toContain(heading);
  expect(heading).not.toBe("");
  await expect(page.locator(".callout.bad"), path).toHaveCount(0);
  expect(new URL(page.url()).pathname).toBe(path); // it redirects to no other page
  await isAccessible(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(NARROW);
}

async function walk(page: Page, routes: string[], addresses: Record<string, string>): Promise<void> {
  const mistakes = mistakesOf(page);
  await page.setViewportSize({ width: NARROW, height: 640 });
  await page.evaluate(() => localStorage.setItem("lyceum.language", "de"));
  expect(Object.keys(addresses).sort()).toEqual([...routes].sort());
  for (const path of Object.values(addresses)) await isWhole(page, path);
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  expect(mistakes).toEqual([]);
}

/** One object of each kind that belongs to Marie. */
async function belongings(page: Page): Promise<Record<string, string>> {
  const marie = await Person.named("marie");
  const fileId = await marie.bringOwn("planets.csv", "planet,moons,day in hours\nEarth,1,24\nMars,2,24.6\nJupiter,95,9.9\n", SUBJECT);
  const asked = await marie.call<{ conversation_id: string }>("POST", "/api/chat", { message: "What is inertia?" });
  const { items } = await marie.call<{ items: { quiz_id: string }[] }>("GET", "/api/quiz-results");
  await signIn(page, /Marie Curie/);
  await go(page, "Interview");
  await page.getByRole("button", { name: "Begin" }).click();
  await page.getByLabel("Your answer").fill("A force changes the motion of a body.");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.locator(".outcome")).toBeVisible();
  await page.getByRole("button", { name: "End the interview" }).click();
  await expect(page.getByRole("heading", { name: "Summary" })).toBeVisible();
  const interview = await page.getByRole("link", { name: "Look at each answer" }).getAttribute("href");
  return {
    "/documents/:fileId": `/documents/${fileId}`,
    "/tutor/:conversationId?": `/tutor/${asked.conversation_id}`,
    "/quizzes/:quizId": `/quizzes/${items[0]?.quiz_id}`,
    "/interview/:sessionId": interview ?? "",
  };
}

test("every page of a learner, on a narrow screen, in German and in both themes", async ({ page }) => {
  await answeredClass();
  const own = await belongings(page);
  const plain = ["/documents", "/quizzes", "/reviews", "/flashcards", "/interview", "/mastery", "/account"];
  await walk(page, routesOf("app.tsx"), { ...Object.fromEntries(plain.map((path) => [path, path])), ...own });
});

test("every page of a class, on a narrow screen, in German and in both themes", async ({ page }) => {
  await answeredClass();
  const grace = await Person.named("grace");
  const { items } = await grace.call<{ items: { item_id: string }[] }>("GET", `/api/teacher/subjects/${SUBJECT}/items`);
  const plain = ["overview", "materials", "items", "items/new", "items/import", "assignments", "desk", "record"];
  const addresses = { ...Object.fromEntries(plain.map((path) => [path, path])), "items/:itemId": `items/${items[0]?.item_id}`, "assignments/:assignmentId": "assignments/assignment_1" };
  await signIn(page, /Grace Hopper/);
  await walk(page, routesOf("pages/class/class.tsx"), Object.fromEntries(Object.entries(addresses).map(([route, path]) => [route, `/class/${SUBJECT}/${path}`])));
});

test("the page of a teacher without a class, and of a learner who asks for a class", async ({ page }) => {
  await signIn(page, /Max Planck/);
  await page.goto(url("/class/physics_101/overview"));
  await expect(page.locator(".empty")).toBeVisible();
  await isAccessible(page);
  await page.goto(url("/nothing/here"));
  await expect(page.getByRole("heading", { level: 1, name: "Documents", exact: true })).toBeVisible();
});
