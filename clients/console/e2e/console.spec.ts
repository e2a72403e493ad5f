import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";

const PDF = join(import.meta.dirname, "..", "..", "..", "demo", "documents", "newtons-laws.pdf");
const url = (path = "/"): string => `${process.env["LYCEUM_URL"]}${path}`;

async function signIn(page: Page, name: RegExp): Promise<void> {
  await page.goto(url());
  await page.getByRole("button", { name }).click();
  await expect(page.getByRole("navigation")).toBeVisible();
}

const go = (page: Page, name: string) => page.getByRole("navigation").getByRole("link", { name, exact: true }).click();

/** No violation of WCAG 2.2 AA, in both themes. */
async function isAccessible(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    const found = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
    expect(found.violations.map((one) => [page.url(), colorScheme, one.id, one.nodes.map((node) => node.html)])).toEqual([]);
  }
}

test("a learner's whole journey, without a terminal", async ({ page }) => {
  const mistakes: string[] = [];
  page.on("console", (message) => message.type() === "error" && mistakes.push(message.text()));
  page.on("pageerror", (error) => mistakes.push(String(error)));
  await page.goto(url());
  await isAccessible(page);
  await signIn(page, /Ada Lovelace/);
  await page.getByLabel("Subject").selectOption("physics_101");
  await page.getByLabel("Drop files here").setInputFiles(PDF);
  await expect(page.getByRole("link", { name: "newtons-laws.pdf" })).toBeVisible();
  await expect(page.getByText("ready")).toBeVisible({ timeout: 60_000 });
  await isAccessible(page);

  await go(page, "Tutor");
  await page.getByLabel("Ask your documents").fill("What does the second law say?");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  const source = page.locator("a.source").first();
  await expect(source).toBeVisible();
  await isAccessible(page);
  const quote = (await source.locator("q").textContent()) ?? "";
  await source.click();
  const marked = page.locator(".textLayer .marked");
  await expect(marked.first()).toBeVisible();
  const plain = (text: string): string => text.replace(/[\s-]+/g, "").toLowerCase();
  expect(plain((await marked.allTextContents()).join(""))).toContain(plain(quote).slice(0, 40));
  await isAccessible(page);

  await go(page, "Quizzes");
  await isAccessible(page);
  await page.getByLabel("Questions", { exact: true }).fill("3");
  await page.getByRole("button", { name: "Make it" }).click();
  await expect(page.getByRole("button", { name: "Submit" })).toBeVisible();
  await page.getByRole("button", { name: /Hint/ }).first().click();
  await expect(page.locator(".hints li").first()).toBeVisible();
  for (const question of await page.locator("fieldset.question").all()) await question.getByRole("radio").first().check();
  await isAccessible(page);
  await page.getByRole("button", { name: "Submit" }).click();
  await expect(page.getByText(/Score: \d+ %/)).toBeVisible();
  await isAccessible(page);

  await go(page, "Mastery");
  await expect(page.getByRole("table")).toBeVisible();
  await page.getByRole("button", { name: /Why/ }).first().click();
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

  await go(page, "Due today");
  await expect(page.getByText(/due/).first()).toBeVisible();
  await isAccessible(page);

  await go(page, "Account");
  await page.getByLabel("Language").selectOption("de");
  await expect(page.getByRole("heading", { name: "Konto" })).toBeVisible();
  await page.getByLabel("Sprache").selectOption("en");
  await isAccessible(page);
  await page.getByRole("button", { name: /^Erase/ }).click();
  await page.getByRole("button", { name: "Yes, erase it" }).click();
  await expect(page.getByText("It is erased.")).toBeVisible();
  await go(page, "Documents");
  await expect(page.getByText("You have no documents yet")).toBeVisible();
  expect(mistakes).toEqual([]);
});

test("the whole way from signing in to a cited page, by keyboard, on a narrow screen", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 640 });
  await page.goto(url());
  const press = async (name: string | RegExp, role: "button" | "link" = "button"): Promise<void> => {
    const target = page.getByRole(role, { name }).first();
    await expect(target).toBeVisible();
    for (let steps = 0; steps < 60; steps += 1) {
      await page.keyboard.press("Tab");
      if (await target.evaluate((element) => element === document.activeElement)) {
        await page.keyboard.press("Enter");
        return;
      }
    }
    throw new Error(`the keyboard does not reach ${String(name)}`);
  };
  await press(/Mary Beard/);
  await page.getByLabel("Drop files here").setInputFiles(PDF); // a file dialogue is the system's, not the page's
  await expect(page.getByText("ready")).toBeVisible();
  await press(/^Tutor$/, "link");
  for (let steps = 0; !(await page.getByLabel("Ask your documents").evaluate((one) => one === document.activeElement)); steps += 1) {
    expect(steps).toBeLessThan(60);
    await page.keyboard.press("Tab");
  }
  await page.keyboard.type("What does the third law say?");
  await page.keyboard.press("Enter");
  await press(/third law says/, "link");
  await expect(page.locator(".textLayer .marked").first()).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await isAccessible(page);
});

test("the first page is light, and does not jump", async ({ page }) => {
  let bytes = 0;
  page.on("response", async (response) => {
    const sizes = await response.request().sizes();
    bytes += sizes.responseBodySize + sizes.responseHeadersSize;
  });
  await signIn(page, /Ada Lovelace/);
  await page.waitForLoadState("networkidle");
  const shift = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) sum += (entry as unknown as { hadRecentInput: boolean; value: number }).hadRecentInput ? 0 : (entry as unknown as { value: number }).value;
        }).observe({ type: "layout-shift", buffered: true });
        requestAnimationFrame(() => setTimeout(() => resolve(sum), 0));
      }),
  );
  console.log(`first page: ${bytes} bytes, layout shift ${shift}`);
  expect(bytes).toBeLessThan(250_000);
  expect(shift).toBeLessThan(0.1);
});

test("a teacher sees the class", async ({ page }) => {
  await signIn(page, /Grace Hopper/);
  await expect(page.getByText("2 learners")).toBeVisible();
  await isAccessible(page);
});

test("a script in a document's name, text and question never runs", async ({ page }) => {
  await signIn(page, /Alan Turing/);
  const canary = '<img src=x onerror="window.canary=1"><script>window.canary=1</script>';
  const text = `A canary ${canary} is a small yellow bird that sings. ${canary} A canary is a bird that is kept in a cage.`;
  await page.getByLabel("Drop files here").setInputFiles({
    name: "<img src=x onerror='window.canary=1'>.txt",
    mimeType: "text/plain",
    buffer: Buffer.from(text),
  });
  await expect(page.getByText("ready")).toBeVisible({ timeout: 60_000 });
  await go(page, "Tutor");
  await page.getByLabel("Ask your documents").fill(`What is a canary? ${canary}`);
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await expect(page.locator("a.source").first()).toBeVisible();
  await page.locator("a.source").first().click();
  await expect(page.locator("article.text")).toContainText("canary");
  expect(await page.evaluate(() => (window as { canary?: number }).canary)).toBeUndefined();
});
