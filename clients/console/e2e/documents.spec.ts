// Documents: uploads, their progress, warnings about unreadable pages, and the view beside the conversation.
import { readFileSync } from "node:fs";
import { expect, test, type Page } from "@playwright/test";
import { pdfOf, streamOf } from "../../typescript/test/pdf.ts";
import { bring, go, isAccessible, isReady, mistakesOf, PDF, signIn } from "./steps.ts";

const TABLE = "planet,moons,hours in a day\nEarth,1,24\nMars,2,24.6\nJupiter,95,9.9\n";
const NOTES = Array.from({ length: 40 }, (_, number) => `Case ${number} of the notes says that a planet moves around a star.`).join("\n\n");

/** Drops a file on the page, as a person drags one from the desktop. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  const dataTransfer = await page.evaluateHandle(([title, content]) => {
    const data = new DataTransfer();
    data.items.add(new File([content ?? ""], title ?? "", { type: "text/csv" }));
    return data;
  }, [name, text]);
  const area = page.locator(".drop");
  await area.dispatchEvent("dragover", { dataTransfer });
  await expect(area).toHaveClass("drop over");
  await area.dispatchEvent("drop", { dataTransfer });
  await expect(area).toHaveClass("drop");
}

/** A PDF of two pages, of which the second shows a picture and no text. */
function half(): Buffer {
  const shown = "BT /F1 12 Tf 72 700 Td (Photosynthesis makes sugar from light, water and carbon dioxide.) Tj ET";
  const picture = "q 400 0 0 400 72 200 cm BI /W 2 /H 2 /CS /G /BPC 8 ID 0a0a EI Q";
  const page = (content: number): string => `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents ${content} 0 R /Resources << /Font << /F1 7 0 R >> >> >>`;
  return Buffer.from(pdfOf(["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>", page(5), page(6), streamOf(shown), streamOf(picture), "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]));
}

test("a table is dropped on the page, and its cited row opens beside the conversation", async ({ page }) => {
  const mistakes = mistakesOf(page);
  await signIn(page, /Lise Meitner/);
  await drop(page, "planets.csv", TABLE);
  await isReady(page, "planets.csv");
  await go(page, "Tutor");
  await page.getByLabel("Ask your documents").fill("How many moons does Jupiter have?");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await page.locator("a.source", { hasText: "Jupiter" }).first().click();
  await expect(page.locator("article.text").getByRole("row", { name: "Jupiter 95 9.9" }).locator("mark")).toHaveText(["Jupiter", "95", "9.9"]);
  await expect(page.locator("article.text").getByRole("columnheader", { name: "moons" })).toBeVisible();
  await isAccessible(page);
  await go(page, "Documents");
  await isReady(page, "planets.csv");
  expect(mistakes).toEqual([]);
});

test("the cells of a table are shown as they are written, and never run", async ({ page }) => {
  await signIn(page, /Lise Meitner/);
  const [script, picture] = ["<script>window.canary = 1</script>", "<img src=x onerror=window.canary=1>"];
  await drop(page, "canary.csv", `planet,note,${picture}\nEarth,${script},1\nMars,${picture},2\nJupiter,none,3\n`);
  await isReady(page, "canary.csv");
  await page.getByRole("link", { name: "canary.csv" }).click();
  for (const written of [script, picture]) await expect(page.getByRole("cell", { name: written, exact: true })).toBeVisible();
  await expect(page.getByRole("columnheader", { name: picture, exact: true })).toBeVisible();
  expect(await page.evaluate(() => "canary" in window)).toBe(false);
});

test("an upload shows its progress, and can be cancelled", async ({ page }) => {
  await signIn(page, /Lise Meitner/);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 50_000 });
  await page.getByLabel("Drop files here").setInputFiles({ name: "long.txt", mimeType: "text/plain", buffer: Buffer.from(NOTES.repeat(8000)) });
  await expect(page.getByText(/Uploading long\.txt: [1-9]\d? %/)).toBeVisible();
  await isAccessible(page);
  await page.getByRole("button", { name: "Cancel: long.txt" }).click();
  await expect(page.getByText(/Uploading long\.txt/)).toBeHidden();
  await devtools.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  await page.reload();
  await expect(page.locator(".document, .empty").first()).toBeVisible();
  await expect(page.locator(".document", { hasText: "long.txt" })).toHaveCount(0);
});

test("unreadable pages are listed, also beside an answer from the readable ones", async ({ page }) => {
  await signIn(page, /Lise Meitner/);
  await bring(page, { name: "half.pdf", mimeType: "application/pdf", buffer: half() });
  const card = page.locator(".document", { hasText: "half.pdf" });
  await card.locator("summary").click();
  await expect(card.locator("details")).toContainText("Pages 2: These pages hold pictures and no text.");
  await page.getByLabel("Drop files here").setInputFiles({ name: "broken.pdf", mimeType: "application/pdf", buffer: readFileSync(PDF).subarray(0, 600) });
  await expect(page.getByText(/The document is damaged/)).toBeVisible();
  await isAccessible(page);
  await go(page, "Tutor");
  await page.getByLabel("Ask your documents").fill("What does photosynthesis make?");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await expect(page.getByText("Not read, in half.pdf: These pages hold pictures")).toBeVisible();
});

test("sentences that no source supports are marked, also for screen readers", async ({ page }) => {
  await signIn(page, /Lise Meitner/);
  await bring(page, { name: "light.txt", mimeType: "text/plain", buffer: Buffer.from("Photosynthesis makes sugar from light, water and carbon dioxide. Chlorophyll absorbs red and blue light.") });
  await go(page, "Tutor");
  await page.getByLabel("Ask your documents").fill("What does photosynthesis make?");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await expect(page.locator("a.source").first()).toBeVisible();
  await expect(page).toHaveURL(/\/tutor\/./);
  await page.route("**/api/chat/conversations/*", async (route) => {
    const response = await route.fetch();
    const told = (await response.json()) as { items: { statements: { support: string }[] }[] };
    for (const message of told.items) for (const statement of message.statements.slice(0, 1)) statement.support = "unsupported";
    await route.fulfill({ response, json: told });
  });
  await page.reload();
  await expect(page.locator(".unsupported")).toHaveAttribute("title", /.+/);
  await expect(page.locator(".unsupported")).toContainText("(No source supports this sentence.)");
  await isAccessible(page);
});
