// Takes the screenshots of README: `make screenshots`.
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { answeredClass, Person } from "./school.ts";
import { bring, go, PDF, PROJECT, signIn } from "./steps.ts";

const FOLDER = join(PROJECT, "docs", "screenshots");
const MOST_BYTES = 150_000;

test.use({ viewport: { width: 1200, height: 750 }, contextOptions: { reducedMotion: "reduce" } });

async function take(page: Page, name: string): Promise<void> {
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.mouse.move(0, 0);
  await page.waitForLoadState("networkidle");
  const path = join(FOLDER, `${name}.png`);
  await page.screenshot({ path, animations: "disabled", caret: "hide" });
  expect(statSync(path).size, name).toBeLessThan(MOST_BYTES);
}

/** Submits a quiz with some right answers and some wrong ones. */
async function practise(person: Person, kinds: string[]): Promise<void> {
  const quiz = await person.call<{ quiz_id: string; questions: { question_id: string }[] }>("POST", "/api/quizzes", {
    subject_id: "physics_101",
    num_questions: 5,
    kinds,
  });
  const answers = Object.fromEntries(quiz.questions.map((one, index) => [one.question_id, "AB"[index % 2]]));
  await person.call("POST", `/api/quizzes/${quiz.quiz_id}/submit`, { answers });
}

test("the screenshots of README", async ({ page }) => {
  mkdirSync(FOLDER, { recursive: true });
  await answeredClass();
  await page.emulateMedia({ colorScheme: "light" });
  await signIn(page, /Ada Lovelace/);
  await bring(page, PDF);
  await go(page, "Tutor");
  await page.getByLabel("Ask your documents").fill("What does the second law say?");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await page.locator("a.source", { hasText: "newtons-laws.pdf" }).first().click();
  await expect(page.locator(".textLayer .marked").first()).toBeVisible();
  await take(page, "tutor");

  await go(page, "Interview");
  await page.getByLabel("Topic").fill("the second law");
  await page.getByRole("button", { name: "Begin" }).click();
  await page.getByLabel("Your answer").fill("The acceleration of a body is its net force divided by its mass.");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.locator(".outcome")).toBeVisible();
  await take(page, "interview");

  const ada = await Person.named("ada");
  await practise(ada, ["multiple_choice", "true_false", "cloze", "short_answer"]);
  await page.emulateMedia({ colorScheme: "dark" });
  await go(page, "Mastery");
  await expect(page.locator(".chart svg").first()).toBeVisible();
  await take(page, "mastery-dark");
  await page.getByRole("button", { name: "Sign out" }).click();

  await page.emulateMedia({ colorScheme: "light" });
  await signIn(page, /Grace Hopper/);
  await expect(page.locator(".chart svg").first()).toBeVisible();
  await take(page, "class");
});
