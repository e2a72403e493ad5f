import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { CHROMIUM } from "../playwright.config.ts";
import { python } from "./server.ts";
import { bring, go, hasRecorded, isAccessible, mistakesOf, PDF, PROJECT, signIn } from "./steps.ts";

const MICROPHONE = join(mkdtempSync(join(tmpdir(), "lyceum-microphone-")), "microphone.wav");
/** The sound that the fake microphone repeats: one of the demo's recordings between silences. Prints its length in seconds. */
const WRITE = `
import sys
import numpy as np
from tests.support.sounds import RATE, encoded, samples_of, silence, spoken
sound = np.concatenate([silence(0.5), samples_of(spoken("second-law")), silence(1)])
open(sys.argv[1], "wb").write(encoded(sound, "wav"))
print(len(sound) / RATE)
`;

test.use({
  launchOptions: {
    ...CHROMIUM,
    args: [...CHROMIUM.args, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", `--use-file-for-fake-audio-capture=${MICROPHONE}`],
  },
});

test("a recording is discarded, a second one is judged, and the right answer is shown in the document", async ({ page }) => {
  const seconds = Math.ceil(Number(execFileSync(python, ["-c", WRITE, MICROPHONE], { cwd: PROJECT, encoding: "utf8" })));
  const mistakes = mistakesOf(page);
  await signIn(page, /Lise Meitner/);
  await bring(page, PDF);
  await go(page, "Interview");
  await page.getByLabel("Topic").fill("the second law");
  await page.getByRole("button", { name: "Begin" }).click();
  const question = await page.locator(".asked").textContent();

  await page.getByRole("button", { name: "Record" }).click();
  await hasRecorded(page, 2);
  await isAccessible(page);
  await page.getByRole("button", { name: "Throw away" }).click();
  await expect(page.getByText("The recording is thrown away.")).toBeVisible();
  await expect(page.locator(".asked")).toHaveText(question ?? "");
  await expect(page.locator(".outcome")).toHaveCount(0);

  await page.getByRole("button", { name: "Record" }).click();
  await hasRecorded(page, seconds + 1);
  await page.getByRole("button", { name: "Stop and send" }).dblclick();
  const outcome = page.locator(".outcome");
  await expect(outcome.locator("blockquote")).toContainText("mass times its acceleration", { timeout: 60_000 });
  await expect(outcome.locator(".score")).toHaveText(/Score: \d+ %/);
  const fact = outcome.locator(".facts li").filter({ has: page.locator("a.source") }).first();
  await expect(fact.locator("a.source cite")).toHaveText(/newtons-laws\.pdf, page \d+/);
  await isAccessible(page);
  await fact.locator("a.source").click();
  await expect(page.locator(".textLayer .marked").first()).toBeVisible();
  expect(mistakes).toEqual([]);
});
