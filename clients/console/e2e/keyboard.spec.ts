import { expect, test } from "@playwright/test";
import { bring, isAccessible, PDF, press, tabTo, url } from "./steps.ts";

test("a learner's whole journey by keyboard, on a narrow screen", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 640 });
  const isNarrow = async (): Promise<void> => expect(await page.evaluate(() => document.documentElement.scrollWidth), page.url()).toBeLessThanOrEqual(360);
  const open = async (name: string): Promise<void> => {
    await press(page, "Menu");
    await press(page, name, "link");
  };
  await page.goto(url());
  await isNarrow();
  await press(page, /Mary Beard/);
  await bring(page, PDF); // a file dialogue is the system's, not the page's
  await isNarrow();

  // A dialogue gets the focus, keeps it, and gives it back to the element that had it.
  await press(page, /^Rename or move/);
  await tabTo(page, "Name", "textbox");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page.getByRole("button", { name: /^Rename or move/ }).first()).toBeFocused();

  await open("Tutor");
  await tabTo(page, "Ask your documents", "textbox");
  await page.keyboard.type("What does the third law say?");
  await page.keyboard.press("Enter");
  await press(page, /third law says/, "link");
  await expect(page.locator(".textLayer .marked").first()).toBeVisible();
  await isNarrow();
  await isAccessible(page);
  await press(page, "Close the document");

  await open("Quizzes");
  await isNarrow();
  await press(page, "Make it");
  await expect(page.getByRole("button", { name: "Submit" })).toBeVisible();
  const questions = await page.locator("fieldset.question").count();
  for (let index = 0; index < questions; index += 1) {
    const group = page.locator("fieldset.question").nth(index);
    for (let steps = 0; !(await group.locator("input").evaluateAll((all) => all.includes(document.activeElement as HTMLInputElement))); steps += 1) {
      expect(steps).toBeLessThan(40);
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Space");
  }
  await isNarrow();
  await press(page, "Submit");
  await expect(page.getByText(/Score: \d+ %/)).toBeVisible();
  await isNarrow();

  await open("Mastery");
  await press(page, /^Why/);
  await expect(page.locator(".reasons li").first()).toBeVisible();
  await isNarrow();
  await isAccessible(page);

  await open("Interview");
  await press(page, "Begin");
  await tabTo(page, "Your answer", "textbox");
  await page.keyboard.type("An action has an equal and opposite reaction.");
  await press(page, "Send");
  await expect(page.locator(".outcome")).toBeVisible();
  await isNarrow();
  await press(page, "End the interview");
  await expect(page.getByRole("heading", { name: "Summary" })).toBeVisible();
  await isNarrow();

  for (const name of ["Due today", "Flashcards", "Account"]) {
    await open(name);
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
    await isAccessible(page);
    await isNarrow();
  }
});
