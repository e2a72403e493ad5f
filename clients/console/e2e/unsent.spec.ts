// What a person has entered and not sent yet: it survives a reload, and it ends when they sign out. One of
// these tests uses an attempt at the class's quiz, so they run after the teacher's tests.
import { expect, test } from "@playwright/test";
import { answeredClass, ITEMS, Person } from "./school.ts";
import { go, isAccessible, signIn, url } from "./steps.ts";

const [UNIT] = ITEMS;

test("answers to a quiz survive a reload, and open questions are submitted only after a warning", async ({ page }) => {
  await answeredClass();
  const max = await Person.named("max");
  const quiz = await max.call<{ quiz_id: string }>("POST", "/api/assignments/assignment_1/generate-quiz", {});
  await signIn(page, /Max Planck/);
  await page.goto(url(`/quizzes/${quiz.quiz_id}`));
  await page.getByRole("group", { name: UNIT.question }).getByRole("radio", { name: "newtons" }).check();
  await expect(page.getByText("1 of 2 answered")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("group", { name: UNIT.question }).getByRole("radio", { name: "newtons" })).toBeChecked();
  await go(page, "Mastery");
  await page.goBack();
  await expect(page.getByText("1 of 2 answered")).toBeVisible();

  await page.getByRole("button", { name: "Submit" }).click();
  await expect(page.getByRole("heading", { name: "1 question has no answer" })).toBeVisible();
  await isAccessible(page);
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByText("1 of 2 answered")).toBeVisible();
  await page.getByRole("button", { name: "Submit" }).click();
  await page.getByRole("button", { name: "Submit anyway" }).click();
  await expect(page.getByText("Score: 50 %")).toBeVisible();
  expect(await page.evaluate(() => Object.keys(sessionStorage).filter((one) => one.includes("draft")))).toEqual([]);
});

test("a question to the tutor survives a reload, and nobody else sees it after the person has signed out", async ({ page }) => {
  await signIn(page, /Max Planck/);
  await go(page, "Tutor");
  await page.getByLabel("Ask your documents").fill("What is a quantum?");
  await page.reload();
  await expect(page.getByLabel("Ask your documents")).toHaveValue("What is a quantum?");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: /Max Planck/ }).click();
  await go(page, "Tutor");
  await expect(page.getByLabel("Ask your documents")).toHaveValue("");
});

test("a draft outlives a session that expires, until another person signs in in the same tab", async ({ page }) => {
  const field = page.getByLabel("Ask your documents");
  const expire = async (): Promise<void> => {
    await page.route("**/api/**", (route) => route.fulfill({ status: 401, json: { error: { code: "invalid_token", message: "It has expired." } } }));
    await page.reload();
    await expect(page.getByRole("alert")).toBeVisible();
    await page.unroute("**/api/**");
  };
  await signIn(page, /Max Planck/);
  await go(page, "Tutor");
  await field.fill("What is a quantum?");
  await expire();
  await page.getByRole("button", { name: /Max Planck/ }).click();
  await go(page, "Tutor");
  await expect(field).toHaveValue("What is a quantum?");
  await expire();
  await page.getByRole("button", { name: /Lise Meitner/ }).click();
  await go(page, "Tutor");
  await expect(field).toHaveValue("");
  expect(await page.evaluate(() => Object.values(sessionStorage).filter((one) => one.includes("quantum")))).toEqual([]);
});
