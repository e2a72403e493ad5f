import { expect, test } from "@playwright/test";
import { bring, go, isAccessible, mistakesOf, PDF, signIn, url } from "./steps.ts";

test("a learner's whole journey, without a terminal", async ({ page }) => {
  const mistakes = mistakesOf(page);
  const pushed: string[] = [];
  page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => pushed.push(String(payload))));
  await page.goto(url());
  await isAccessible(page);
  await signIn(page, /Ada Lovelace/);
  await page.getByLabel("Subject").selectOption("physics_101");
  await bring(page, PDF);
  await expect(page.getByRole("link", { name: "newtons-laws.pdf" })).toBeVisible();
  expect(pushed.some((one) => one.includes('"document_updated"'))).toBe(true);
  await isAccessible(page);

  await expect(page.locator(".document", { hasText: "newtons-laws.pdf" })).toContainText("Physics 101");
  await page.getByRole("button", { name: /Rename or move/ }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("laws.pdf");
  await page.getByLabel("Tags").fill("exam, forces");
  await isAccessible(page);
  await page.getByRole("button", { name: "Save" }).dblclick();
  await expect(page.getByRole("link", { name: "laws.pdf", exact: true })).toBeVisible();
  await expect(page.getByText("exam", { exact: true })).toBeVisible();

  await go(page, "Tutor");
  await isAccessible(page);
  await page.getByLabel("Ask your documents").fill("What does the second law say?");
  await page.getByRole("button", { name: "Ask", exact: true }).dblclick();
  const source = page.locator("a.source").first();
  await expect(source).toBeVisible();
  await expect(page.locator(".said.own")).toHaveCount(1);
  await isAccessible(page);
  const quote = (await source.locator("q").textContent()) ?? "";
  await source.click();
  const marked = page.locator(".textLayer .marked");
  await expect(marked.first()).toBeVisible();
  const plain = (text: string): string => text.replace(/[\s-]+/g, "").toLowerCase();
  expect(plain((await marked.allTextContents()).join(""))).toBe(plain(quote));
  await expect(page.locator(".said")).toHaveCount(2); // the conversation stays beside the document
  await isAccessible(page);
  await page.reload();
  await expect(page.locator("a.source").first()).toBeVisible();

  await go(page, "Quizzes");
  await isAccessible(page);
  await page.getByLabel("Questions", { exact: true }).fill("3");
  await page.getByRole("button", { name: "Make it" }).click();
  await expect(page.getByRole("button", { name: "Submit" })).toBeVisible();
  await page.getByRole("button", { name: /Hint/ }).first().click();
  await expect(page.locator(".hints li").first()).toBeVisible();
  for (const question of await page.locator("fieldset.question").all()) await question.getByRole("radio").first().check();
  await isAccessible(page);
  await page.getByRole("button", { name: "Submit" }).dblclick();
  await expect(page.getByText(/Score: \d+ %/)).toBeVisible();
  await isAccessible(page);

  await go(page, "Mastery");
  await expect(page.getByRole("table")).toBeVisible();
  await expect(page.locator(".chart svg").first()).toBeVisible();
  await page.getByRole("button", { name: /Why/ }).first().click();
  await expect(page.getByText(/^Mastery: \d+ %/)).toBeVisible();
  await expect(page.locator(".reasons li").first()).toBeVisible();
  await isAccessible(page);

  await go(page, "Interview");
  await page.getByLabel("Subject").selectOption("physics_101");
  await page.getByRole("button", { name: "Begin" }).click();
  await page.getByLabel("Your answer").fill("I do not know.");
  await isAccessible(page);
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.locator(".outcome")).toBeVisible();
  await page.getByRole("button", { name: "End the interview" }).click();
  await expect(page.getByRole("heading", { name: "Summary" })).toBeVisible();
  await isAccessible(page);
  await page.getByRole("link", { name: "Look at each answer" }).click();
  await expect(page.locator(".graded li").first()).toBeVisible();
  await isAccessible(page);

  await go(page, "Due today");
  await expect(page.getByText(/due/).first()).toBeVisible();
  await isAccessible(page);

  await go(page, "Flashcards");
  await page.getByRole("button", { name: /Show the back/ }).first().click();
  await isAccessible(page);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "For Anki" }).click();
  expect((await download).suggestedFilename()).toBe("flashcards.apkg");

  await go(page, "Account");
  await expect(page.getByRole("rowheader", { name: "Questions" })).toBeVisible();
  await page.getByLabel("Language").selectOption("de");
  await expect(page.getByRole("heading", { name: "Konto" })).toBeVisible();
  await page.getByLabel("Sprache").selectOption("en");
  await isAccessible(page);
  await page.getByRole("button", { name: "Erase everything" }).click();
  await isAccessible(page);
  await page.getByRole("button", { name: "Yes, erase it" }).click();
  await expect(page.getByText("It is erased.")).toBeVisible();
  await go(page, "Documents");
  await expect(page.getByText("You have no documents yet")).toBeVisible();
  expect(mistakes).toEqual([]);
});

test("a second page of documents, and one that is deleted after a question", async ({ page }) => {
  await signIn(page, /Karl Popper/);
  await go(page, "Documents");
  const files = Array.from({ length: 26 }, (_, index) => ({
    name: `note-${index}.txt`,
    mimeType: "text/plain",
    buffer: Buffer.from(`Note number ${index} says that a theory can be tested. A theory that cannot be tested is no science.`),
  }));
  await page.getByLabel("Drop files here").setInputFiles(files);
  await expect(page.locator(".document")).toHaveCount(24);
  await page.getByRole("button", { name: "Show more" }).click();
  await expect(page.locator(".document")).toHaveCount(26);
  await page.getByRole("button", { name: "Delete: note-3.txt" }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.locator(".document")).toHaveCount(26);
  await page.getByRole("button", { name: "Delete: note-3.txt" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("“note-3.txt” is deleted.")).toBeVisible();
  await expect(page.locator(".document")).toHaveCount(25);
});

test("a lost connection is shown, and the written text is kept", async ({ page, context }) => {
  await signIn(page, /Max Planck/);
  await go(page, "Tutor");
  await page.getByLabel("Ask your documents").fill("What is a quantum?");
  await context.setOffline(true);
  await expect(page.getByText("The connection is lost.")).toBeVisible();
  await expect(page.getByLabel("Ask your documents")).toHaveValue("What is a quantum?");
  await isAccessible(page);
  await context.setOffline(false);
  await expect(page.getByText("The connection is lost.")).toBeHidden();
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await expect(page.locator(".said")).toHaveCount(2);
});

test("a late response does not take the person away from the page that they opened", async ({ page }) => {
  let letGo = (): void => undefined;
  const isHeld = new Promise<void>((resolve) => (letGo = resolve));
  await page.route("**/api/quizzes", async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    await isHeld;
    return route.fulfill({ json: { quiz_id: "late", title: "Late", questions: [] } });
  });
  await signIn(page, /Max Planck/);
  await go(page, "Quizzes");
  await page.getByRole("button", { name: "Make it" }).click();
  await go(page, "Account");
  await expect(page.getByRole("heading", { level: 1, name: "Account" })).toBeVisible();
  const made = page.waitForEvent("requestfinished", (request) => request.method() === "POST" && request.url().endsWith("/api/quizzes"));
  letGo();
  await made;
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
  await expect(page).toHaveURL(/\/account$/);
  await expect(page.getByRole("heading", { level: 1, name: "Account" })).toBeVisible();
});
