import { beforeAll, expect, inject, test } from "vitest";
import { upload, waitForDocument, type components } from "../src/index.ts";
import { NOTES, rest } from "./learner.ts";

type Item = components["schemas"]["ItemBody"];
const physics = { subject_id: "physics_101" };
const teacher = rest({ token: () => inject("tokens").grace });
const learner = rest({ token: () => inject("tokens").alan });

/** An approved item of the teacher's own. */
async function written(question: string): Promise<Item> {
  const body = {
    kind: "multiple_choice" as const,
    question,
    options: ["the motion of a body", "the name of a body", "the number of bodies"],
    correct_answer: "A",
    concept: "force",
  };
  const item = await teacher.post("/api/teacher/subjects/{subject_id}/items", { path: physics, body });
  if (!("item_id" in item) || !item.item_id) throw new Error("no item was written");
  const path = { ...physics, item_id: item.item_id };
  return teacher.post("/api/teacher/subjects/{subject_id}/items/{item_id}/approve", { path, body: { keep: true } });
}

let items: Item[] = [];
beforeAll(async () => {
  items = [await written("What does a force change?"), await written("What do two forces change together?")];
});

test("the bank of a class is read, changed and exported, and the exported file can be imported", async () => {
  const [first] = items;
  const path = { ...physics, item_id: first!.item_id };
  const read = await teacher.get("/api/teacher/subjects/{subject_id}/items/{item_id}", { path });
  expect(read).toMatchObject({ item_id: first!.item_id, status: "approved" });
  const listed: string[] = [];
  const query = { status: "approved" as const, limit: 1 };
  for await (const item of teacher.items("/api/teacher/subjects/{subject_id}/items", { path: physics, query })) listed.push(item.item_id);
  expect(listed).toEqual(expect.arrayContaining(items.map((item) => item.item_id)));
  const csv = await teacher.file("/api/teacher/subjects/{subject_id}/items/export", { path: physics, query: { format: "csv" } });
  expect(csv.type).toContain("text/csv");
  expect(await csv.text()).toContain("What does a force change?");
  const form = new FormData();
  form.set("file", new File([await csv.text()], "items.csv", { type: "text/csv" }));
  const brought = await teacher.post("/api/teacher/subjects/{subject_id}/items/import", { path: physics, form });
  expect(brought.items.length).toBeGreaterThanOrEqual(items.length);
  const statistics = await teacher.get("/api/teacher/subjects/{subject_id}/items/statistics", { path: physics });
  expect(Array.isArray(statistics.items)).toBe(true);
});

test("a quiz is assigned and taken, its mark disputed and decided about, and its key corrected after a dry run", async () => {
  const assigned = { ...physics, assignment_id: "assignment_1" };
  await teacher.post("/api/teacher/subjects/{subject_id}/assignments/{assignment_id}/quiz", {
    path: assigned,
    body: { item_ids: items.map((item) => item.item_id) },
  });
  const { items: assignments } = await learner.get("/api/assignments", { query: physics });
  expect(assignments.map((one) => one.assignment_id)).toContain("assignment_1");
  const quiz = await learner.post("/api/assignments/{assignment_id}/generate-quiz", {
    path: { assignment_id: "assignment_1" },
    body: { num_questions: 2 },
  });
  const given = "the name of a body";
  const answers = Object.fromEntries(quiz.questions.map((one) => [one.question_id, "ABC"[one.options.indexOf(given)] ?? ""]));
  const disputed = quiz.questions.find((one) => one.question === items[0]!.question)!.question_id;
  const result = await learner.post("/api/quizzes/{quiz_id}/submit", { path: { quiz_id: quiz.quiz_id }, body: { answers } });

  await learner.post("/api/results/{result_id}/appeals", {
    path: { result_id: result.result_id },
    body: { question_id: disputed, sentence: "My answer says the same in other words." },
  });
  const appeals = await teacher.get("/api/teacher/subjects/{subject_id}/appeals", { path: physics });
  expect(appeals.items.map((one) => one.result_id)).toContain(result.result_id);
  await teacher.post("/api/teacher/subjects/{subject_id}/overrides", {
    path: physics,
    body: { result_id: result.result_id, question_id: disputed, verdict: "right", reason: "It does." },
  });
  const decided = await learner.get("/api/quizzes/{quiz_id}/result", { path: { quiz_id: quiz.quiz_id } });
  expect([result.score, decided.score]).toEqual([0, 50]);

  const key = "ABC"[items[1]!.options.indexOf(given)]!;
  const corrected = { item_id: items[1]!.item_id, key, reason: "The key was wrong." };
  const dry = await teacher.post("/api/teacher/subjects/{subject_id}/regrades", { path: physics, body: { ...corrected, dry_run: true } });
  expect(dry.regrade_id).toBeNull();
  expect(dry.learners.map((one) => one.user_id)).toEqual(["alan"]);
  expect(dry.learners[0]).toMatchObject({ score_before: 50, score_after: 100 });
  const done = await teacher.post("/api/teacher/subjects/{subject_id}/regrades", { path: physics, body: { ...corrected, dry_run: false } });
  const told = await teacher.get("/api/teacher/subjects/{subject_id}/regrades/{regrade_id}", {
    path: { ...physics, regrade_id: done.regrade_id! },
  });
  expect(told).toMatchObject({ item_id: items[1]!.item_id, attempts_total: 1 });
  const analytics = await teacher.get("/api/teacher/subjects/{subject_id}/ai-analytics", { path: physics });
  expect(analytics.total_students).toBeGreaterThan(0);
});

test("a document is changed, the used allowances are shown, and flashcards are saved as a file", async () => {
  const file = new File([NOTES], "newton.md", { type: "text/markdown" });
  const uploaded = await upload(learner, file, { subjectId: "physics_101" });
  await waitForDocument(learner, uploaded.file_id);
  const path = { file_id: uploaded.file_id };
  const changed = await learner.patch("/api/files/{file_id}", { path, body: { file_name: "laws.md", tags: ["exam"] } });
  expect(changed).toMatchObject({ filename: "laws.md", tags: ["exam"], subject_id: "physics_101" });
  const { allowances } = await learner.get("/api/usage");
  const pages = allowances.find((allowance) => allowance.kind === "pages");
  expect(pages!.used).toBeGreaterThan(0);
  expect(pages!.limit - pages!.used).toBe(pages!.remaining);
  const cards = await learner.file("/api/flashcards", { query: { format: "csv" } });
  expect(cards.type).toContain("text/csv");
});
