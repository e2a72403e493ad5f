// A question of each kind, as a teacher writes it and a learner answers it. It changes what the class is asked, and so comes last.
import { expect, test, type Locator } from "@playwright/test";
import { KINDS } from "../src/questions.tsx";
import { answeredClass, Person, SUBJECT } from "./school.ts";
import { go, isAccessible, mistakesOf, signIn } from "./steps.ts";

interface Written {
  kind: string;
  question: string;
  options?: string[];
  correct_answer: string | string[];
  /** Gives the right answer, by the field of the kind. */
  answer: (group: Locator) => Promise<void>;
}

const ORDER = ["the right atrium", "the right ventricle", "the lungs"];
const WRITTEN: Written[] = [
  {
    kind: "multiple_choice",
    question: "What does a valve keep blood from doing?",
    options: ["flowing backward", "growing cold", "reaching the skin"],
    correct_answer: "A",
    answer: (group) => group.getByRole("radio", { name: "flowing backward" }).check(),
  },
  {
    kind: "multiple_answer",
    question: "Which of these are chambers of the heart?",
    options: ["atria", "ventricles", "kidneys"],
    correct_answer: ["A", "B"],
    answer: async (group) => {
      for (const name of ["ventricles", "atria"]) await group.getByRole("checkbox", { name }).check();
    },
  },
  {
    kind: "true_false",
    question: "The right ventricle has thicker walls than the left ventricle.",
    correct_answer: "B",
    answer: (group) => group.getByRole("radio", { name: "False" }).check(),
  },
  {
    kind: "cloze",
    question: "The _____ carries blood away from the heart.",
    correct_answer: "aorta",
    answer: (group) => group.getByRole("textbox").fill("the aorta"),
  },
  {
    kind: "numeric",
    question: "What diameter does the aorta have?",
    correct_answer: "25 millimetres",
    answer: (group) => group.getByRole("textbox").fill("2.5 cm"),
  },
  {
    kind: "ordering",
    question: "In which order does the blood pass these places?",
    options: ORDER,
    correct_answer: ["A", "B", "C"],
    answer: async (group) => {
      for (const [place, name] of ORDER.entries()) {
        const up = group.getByRole("button", { name: `Up: ${name}` });
        for (let steps = 0; (await group.getByRole("listitem").nth(place).textContent())?.includes(name) !== true; steps += 1) {
          expect(steps).toBeLessThan(ORDER.length);
          await up.click();
        }
      }
    },
  },
  {
    kind: "short_answer",
    question: "What is the heart?",
    correct_answer: ["The heart is a muscle.", "It pumps blood through the body."],
    answer: (group) => group.getByRole("textbox").fill("The heart is a muscle, and it pumps blood through the body."),
  },
];

test("a question of each kind is answered in its own way, hinted at, marked and explained", async ({ page }) => {
  expect(WRITTEN.map((one) => one.kind).sort()).toEqual([...KINDS].sort());
  await answeredClass();
  const grace = await Person.named("grace");
  const ids: string[] = [];
  for (const { answer: _, ...item } of WRITTEN) ids.push(await grace.writeItem({ ...item, concept: `heart ${item.kind}`, explanation: "As the text says." }));
  await grace.call("POST", `/api/teacher/subjects/${SUBJECT}/assignments/assignment_1/quiz`, { item_ids: ids, attempts: 9 });

  const mistakes = mistakesOf(page);
  await signIn(page, /Alan Turing/);
  await go(page, "Quizzes");
  await page.getByRole("button", { name: "Begin: Forces and motion" }).click();
  await expect(page.locator("fieldset.question")).toHaveCount(KINDS.length);
  const hint = page.getByRole("button", { name: /^Hint/ });
  for (const left of [3, 2, 1]) {
    await hint.first().click();
    await expect(page.locator("fieldset.question").first().locator(".hints li")).toHaveCount(4 - left);
  }
  for (const one of WRITTEN) await one.answer(page.locator("fieldset.question", { hasText: one.question }));
  await isAccessible(page);
  await page.getByRole("button", { name: "Submit" }).click();
  await expect(page.getByText(/Score: \d+ %/)).toBeVisible();
  for (const one of WRITTEN) {
    const graded = page.locator(".graded > li", { hasText: one.question });
    await expect(graded.locator(".badge").first(), one.kind).toHaveText("Right");
    await expect(graded).toContainText("As the text says.");
  }
  await isAccessible(page);
  expect(mistakes).toEqual([]);
});

test("a due question is answered, marked and explained, with the day when it comes back", async ({ page }) => {
  // What is due today was answered days ago: the contract's own examples stand in for it.
  const { paths } = (await (await page.request.get(`${process.env["LYCEUM_URL"]}/api/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { responses: Record<string, { content: Record<string, { example: Record<string, unknown> }> }> }>>;
  };
  const example = (path: string, method: string): Record<string, unknown> => paths[path]?.[method]?.responses["200"]?.content["application/json"]?.example ?? {};
  const due = example("/api/reviews", "get") as { items: { item_id: string; question: { question: string; options: string[] } }[] };
  const answered = example("/api/reviews/{item_id}", "post");
  const sent: unknown[] = [];
  await page.route("**/api/reviews", (route) => route.fulfill({ json: due }));
  await page.route("**/api/reviews/*", (route) => {
    sent.push(route.request().postDataJSON());
    return route.fulfill({ json: answered });
  });
  const [review] = due.items;
  expect(review?.question.question).toBeTruthy();
  await signIn(page, /Marie Curie/);
  await go(page, "Due today");
  await expect(page.getByRole("group", { name: review?.question.question ?? "" })).toBeVisible();
  await isAccessible(page);
  await page.getByRole("radio").first().check();
  await page.getByRole("button", { name: "Answer", exact: true }).dblclick();
  await expect(page.getByText(String(answered["explanation"]))).toBeVisible();
  expect(sent).toEqual([{ answer: "A" }]);
  await isAccessible(page);
});

test("a learner downloads an export of their data", async ({ page }) => {
  await signIn(page, /Marie Curie/);
  await go(page, "Account");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download everything" }).click();
  expect((await download).suggestedFilename()).toBe("lyceum.json");
});
