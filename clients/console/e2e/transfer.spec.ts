// The import of items from another program, and the export of items and answers as files.
import { readFileSync } from "node:fs";
import { expect, test, type Page } from "@playwright/test";
import { answeredClass } from "./school.ts";
import { isAccessible, mistakesOf, signIn, tab } from "./steps.ts";

const TABLE = [
  "question,option_a,option_b,option_c,correct_answer,concept",
  "In which year was the Rosetta Stone found?,1799,1822,1801,A,Rosetta Stone",
  "Who deciphered it?,Champollion,Young,Napoleon,,decipherment",
  "<b>What</b> was it carved in?,granodiorite,basalt,marble,A,stone",
].join("\n");
const OLD = '<?xml version="1.0"?><assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="old" title="old"/>';

async function bring(page: Page, name: string, mimeType: string, content: string): Promise<void> {
  await page.getByLabel("File", { exact: false }).setInputFiles({ name, mimeType, buffer: Buffer.from(content) });
  await page.getByRole("button", { name: "Import" }).dblclick();
}

async function downloaded(page: Page, button: string | RegExp): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: button }).click()]);
  return readFileSync(await download.path(), "utf8");
}

test("a teacher imports items of another program, and reads why some are refused", async ({ page }) => {
  const mistakes = mistakesOf(page);
  await signIn(page, /Karl Popper/);
  await tab(page, "Items");
  await page.getByRole("link", { name: "Import" }).click();
  await isAccessible(page);
  await bring(page, "items.csv", "text/csv", TABLE);
  await expect(page.getByText("Drafts made: 2. Not read: 1.")).toBeVisible();
  await expect(page.getByRole("link", { name: "<b>What</b> was it carved in?" })).toBeVisible();
  const refused = page.getByRole("region", { name: "Not read" });
  await expect(refused.getByRole("row")).toHaveCount(2);
  await isAccessible(page);
  await bring(page, "old.xml", "text/xml", OLD);
  await expect(page.getByText("It is of QTI 1 or 2. Export it as QTI 3.0.")).toBeVisible();
  expect(mistakes).toEqual([]);
  await bring(page, "notes.zip", "application/zip", "no package");
  await expect(page.getByRole("alert")).toBeVisible();
  await isAccessible(page);
  await page.getByRole("link", { name: "Cancel" }).click();
  await expect(page.getByRole("link", { name: /In which year was the Rosetta Stone found/ })).toBeVisible();
});

test("items and answers are exported as files", async ({ page }) => {
  await answeredClass();
  await signIn(page, /Grace Hopper/);
  await tab(page, "Items");
  expect(await downloaded(page, "CSV")).toContain("In which unit is a force measured?");
  expect((await downloaded(page, "QTI 3.0")).slice(0, 2)).toBe("PK");
  await tab(page, "Assignments");
  await page.getByRole("link", { name: "Forces and motion" }).click();
  const statements = JSON.parse(await downloaded(page, "Answers (xAPI)")) as { verb: { id: string } }[];
  expect(statements.length).toBeGreaterThanOrEqual(12);
  expect(JSON.stringify(statements)).not.toContain("Lovelace");
  await isAccessible(page);
});
