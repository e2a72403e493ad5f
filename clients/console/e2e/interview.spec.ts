// An interview in the browser: questions are read aloud, the microphone is released, and a question may arrive late.
import { expect, test, type Page } from "@playwright/test";
import { CHROMIUM } from "../playwright.config.ts";
import { bring, go, hasRecorded, isAccessible, PDF, signIn } from "./steps.ts";

const MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
test.use({ launchOptions: { ...CHROMIUM, args: [...CHROMIUM.args, ...MICROPHONE] } });

interface Heard {
  said: string[][];
  streams: MediaStream[];
}

/** Records what the page says aloud, and the microphones that it gets. */
async function listen(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const heard: Heard = { said: [], streams: [] };
    Object.assign(window, { heard });
    speechSynthesis.speak = (utterance) => void heard.said.push([utterance.text, utterance.lang]);
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      const stream = await ask(wanted);
      heard.streams.push(stream);
      return stream;
    };
  });
}

const states = (page: Page): Promise<string[]> =>
  page.evaluate(() => (window as unknown as { heard: Heard }).heard.streams.flatMap((stream) => stream.getTracks().map((track) => track.readyState)));

async function begin(page: Page): Promise<void> {
  await listen(page);
  await signIn(page, /Max Planck/);
  if ((await page.locator(".document, .empty").first().textContent())?.includes("newtons-laws.pdf") !== true) await bring(page, PDF);
  await go(page, "Interview");
  await page.getByLabel("Topic").fill("the second law");
  await page.getByRole("button", { name: "Begin" }).click();
  await expect(page.locator(".asked")).toBeVisible();
}

test("a question is read aloud, and one that is not ready appears by itself", async ({ page }) => {
  let later = (): void => undefined;
  await page.routeWebSocket(/./, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((text) => {
      const message = JSON.parse(String(text)) as { type: string; next_question: string | null; question_number: number };
      if (message.type !== "response_processed") return socket.send(text);
      socket.send(JSON.stringify({ ...message, next_question: null }));
      const { next_question: question, question_number } = message;
      later = () => socket.send(JSON.stringify({ type: "interview_resumed", session_id: "", resume_token: null, state: "answering", question, question_number, received_through: -1, recording_id: null, last_response: null }));
    });
  });
  await begin(page);
  const asked = await page.locator(".asked").textContent();
  await page.getByRole("button", { name: "Read aloud" }).click();
  expect(await page.evaluate(() => (window as unknown as { heard: Heard }).heard.said)).toEqual([[asked, "en-US"]]);
  await page.getByLabel("Your answer").fill("The net force equals mass times acceleration.");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByText("The next question is being made.")).toBeVisible();
  await isAccessible(page);
  later();
  await expect(page.locator(".asked")).toBeVisible();
  await expect(page.getByText("The next question is being made.")).toBeHidden();
});

test("the microphone is released when the person leaves the page during a recording", async ({ page }) => {
  await begin(page);
  await page.getByRole("button", { name: "Record" }).click();
  await hasRecorded(page, 1);
  expect(await states(page)).toEqual(["live"]);
  await go(page, "Documents");
  await expect.poll(() => states(page)).toEqual(["ended"]);
});
