import { expect, test, type Page } from "@playwright/test";
import { Person } from "./school.ts";
import { bring, go, PDF, signIn, tab, url } from "./steps.ts";

const CANARY = '<img src=x onerror="window.canary=1"><script>window.canary=1</script>';

/** Checks that no script from a text ran, and that no image was made from one. */
async function isPlain(page: Page): Promise<void> {
  expect(await page.evaluate(() => (window as { canary?: number }).canary), page.url()).toBeUndefined();
  expect(await page.locator('img[src="x"]').count(), page.url()).toBe(0);
}

test("a script in a document's name, text, title and tags, and in a question, never runs", async ({ page }) => {
  await signIn(page, /Alan Turing/);
  const text = `A canary ${CANARY} is a small yellow bird that sings. ${CANARY} A canary is a bird that is kept in a cage.`;
  await bring(page, { name: "<img src=x onerror='window.canary=1'>.txt", mimeType: "text/plain", buffer: Buffer.from(text) });
  await page.getByRole("button", { name: /^Rename or move/ }).click();
  await page.getByLabel("Tags").fill("<img src=x onerror=window.canary=1>");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("<img src=x onerror=window.canary=1>", { exact: true })).toBeVisible();
  await isPlain(page);
  await go(page, "Tutor");
  await page.getByLabel("Ask your documents").fill(`What is a canary? ${CANARY}`);
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await expect(page.locator("a.source").first()).toBeVisible();
  await isPlain(page);
  await page.locator("a.source").first().click();
  await expect(page.locator("article.text")).toContainText("canary");
  await isPlain(page);
  await page.reload();
  await expect(page.locator("a.source").first()).toBeVisible();
  await expect(page.locator("aside")).toContainText("canary"); // the conversation's title is the question
  await isPlain(page);
  await go(page, "Documents");
  await bring(page, PDF); // so that a document can be asked about
  await go(page, "Interview");
  await page.getByLabel("Topic").fill("the second law");
  await page.getByRole("button", { name: "Begin" }).click();
  await page.getByLabel("Your answer").fill(`A small yellow bird ${CANARY}`);
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.locator(".outcome")).toContainText("<script>");
  await isPlain(page);
});

test("a script in an item, a dispute and a decision never runs, neither for the teacher nor for the learner", async ({ page, browser }) => {
  const [karl, mary] = [await Person.named("karl"), await Person.named("mary")];
  const items = "/api/teacher/subjects/history_201/items";
  const made = await karl.call<{ item_id: string }>("POST", items, {
    question: `Which word is right here? ${CANARY}`,
    options: [`one ${CANARY}`, `two ${CANARY}`, `three ${CANARY}`],
    correct_answer: "A",
    explanation: CANARY,
    concept: "<img src=x onerror=window.canary=1>",
  });
  await karl.call("POST", `${items}/${made.item_id}/approve`, { keep: true });
  await signIn(page, /Karl Popper/);
  await tab(page, "Items");
  await page.getByRole("link", { name: /Which word is right here/ }).click();
  await expect(page.getByText("Your own word")).toBeVisible();
  await isPlain(page);
  await page.getByRole("button", { name: "Edit" }).click();
  await isPlain(page);

  const stone = `The Rosetta Stone was found in 1799. ${CANARY} A hieroglyph is a sign of the writing of ancient Egypt. Demotic is a cursive script of ancient Egypt that was used for documents. A cartouche is an oval frame around the name of a king. The stone was damaged because it was used for building.`;
  await mary.bringOwn("<img src=x onerror='window.canary=1'>stone.txt", stone, "history_201");
  const quiz = await mary.call<{ quiz_id: string; questions: { question_id: string }[] }>("POST", "/api/quizzes", {
    subject_id: "history_201",
    num_questions: 1,
    kinds: ["true_false", "multiple_choice", "cloze"],
  });
  const result = await mary.call<{ result_id: string }>("POST", `/api/quizzes/${quiz.quiz_id}/submit`, { answers: {} });
  await mary.call("POST", `/api/results/${result.result_id}/appeals`, { sentence: `It is right. ${CANARY}`, question_id: quiz.questions[0]?.question_id });

  await tab(page, "Desk");
  await expect(page.getByText("It is right.")).toBeVisible();
  await isPlain(page);
  await page.getByRole("radio", { name: "right", exact: true }).check();
  await page.getByLabel("Reason").fill(`So it is. ${CANARY}`);
  await page.getByRole("button", { name: /^Decide/ }).click();
  await expect(page.getByText("The desk is empty")).toBeVisible();
  await tab(page, "Decisions");
  await expect(page.getByText("So it is.")).toBeVisible();
  await isPlain(page);

  const learner = await (await browser.newContext()).newPage();
  await signIn(learner, /Mary Beard/);
  await learner.goto(url(`/quizzes/${quiz.quiz_id}`));
  await expect(learner.getByText("So it is.")).toBeVisible();
  await isPlain(learner);
  await learner.context().close();
});
