// People of the demo school who use the API directly. With them, a test of one page need not use twenty other pages.
import { url } from "./steps.ts";

export const SUBJECT = "physics_101";
const PATIENCE_MS = 180_000;
export const CLASS = ["ada", "alan", "emmy", "lise", "marie", "max"];

interface Made {
  item_id: string;
  items: { item_id: string; admission: { admitted: boolean } }[];
}

export class Person {
  private constructor(private readonly token: string) {}

  static async named(userId: string): Promise<Person> {
    const response = await fetch(url("/local/tokens"), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ user_id: userId }),
    });
    return new Person(((await response.json()) as { token: string }).token);
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(url(path), {
      method,
      headers: { Authorization: `Bearer ${this.token}`, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** Uploads a text for the whole class, and waits until it is read. */
  bringMaterial(name: string, text: string): Promise<string> {
    return this.bring(`/api/teacher/subjects/${SUBJECT}/materials/upload-url`, name, text, {});
  }

  /** Uploads a text of the person's own, and waits until it is read. */
  bringOwn(name: string, text: string, subjectId: string): Promise<string> {
    return this.bring("/api/files/upload-url", name, text, { subject_id: subjectId });
  }

  private async bring(path: string, name: string, text: string, more: object): Promise<string> {
    const bytes = new TextEncoder().encode(text);
    const offer = await this.call<{ file_id: string; upload: { url: string; fields: Record<string, string> } }>("POST", path, {
      file_name: name,
      content_type: "text/plain",
      file_size: bytes.length,
      ...more,
    });
    const form = new FormData();
    for (const [field, value] of Object.entries(offer.upload.fields)) form.set(field, value);
    form.set("file", new Blob([bytes]));
    await fetch(offer.upload.url, { method: "POST", body: form });
    const latest = Date.now() + PATIENCE_MS;
    while (Date.now() < latest) {
      const { status } = await this.call<{ status: string }>("GET", `/api/files/${offer.file_id}`);
      if (status === "completed") return offer.file_id;
      if (status === "failed") throw new Error(`${name} could not be read`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error(`${name} is not read yet`);
  }

  /** Writes an item for the class and approves it. Returns its id. */
  async writeItem(item: object): Promise<string> {
    const made = await this.call<Made>("POST", `/api/teacher/subjects/${SUBJECT}/items`, item);
    await this.call("POST", `/api/teacher/subjects/${SUBJECT}/items/${made.item_id}/approve`, { keep: true });
    return made.item_id;
  }

  /** Submits the assigned quiz with the options that `choose` returns. Returns the id of the result. */
  async takeAssigned(assignmentId: string, choose: (question: string, options: string[]) => string): Promise<string> {
    const quiz = await this.call<{ quiz_id: string; questions: { question_id: string; question: string; options: string[] }[] }>(
      "POST",
      `/api/assignments/${assignmentId}/generate-quiz`,
      {},
    );
    const answers = quiz.questions.map((one) => [
      one.question_id,
      String.fromCharCode(65 + one.options.indexOf(choose(one.question, one.options))),
    ]);
    const result = await this.call<{ result_id: string }>("POST", `/api/quizzes/${quiz.quiz_id}/submit`, { answers: Object.fromEntries(answers) });
    return result.result_id;
  }
}

export const FORCES = `Newton's laws of motion
The first law says that a body stays at rest or keeps moving in a straight line unless a force acts on it.
The second law says that the acceleration of a body equals the net force divided by its mass.
The third law says that every action has an equal and opposite reaction.
A force is measured in newtons. A mass is measured in kilograms.
Friction is a force that opposes the motion of two surfaces that touch each other.
Inertia is the tendency of a body to resist a change of its motion.
`;

/** Two items that the class is asked. In a test of regrading, the first one has a wrong key at the beginning. */
export const ITEMS = [
  {
    kind: "multiple_choice",
    question: "In which unit is a force measured?",
    options: ["newtons", "kilograms", "metres"],
    correct_answer: "A",
    explanation: "A force is measured in newtons.",
    concept: "force",
  },
  {
    kind: "multiple_choice",
    question: "What opposes the motion of two surfaces that touch each other?",
    options: ["friction", "inertia", "mass"],
    correct_answer: "A",
    explanation: "Friction opposes the motion of two surfaces that touch.",
    concept: "friction",
  },
] as const;

/** Gives the class a material, an assigned quiz and everybody's answers, as far as it does not have them yet. */
export async function answeredClass(): Promise<void> {
  const grace = await Person.named("grace");
  const { items } = await grace.call<{ items: unknown[] }>("GET", `/api/teacher/subjects/${SUBJECT}/items`);
  if (items.length > 0) return;
  await grace.bringMaterial("forces.txt", FORCES);
  const ids: string[] = [];
  for (const item of ITEMS) ids.push(await grace.writeItem(item));
  await grace.call("POST", `/api/teacher/subjects/${SUBJECT}/assignments/assignment_1/quiz`, { item_ids: ids, attempts: 2 });
  for (const [place, name] of CLASS.entries()) {
    const person = await Person.named(name);
    await person.takeAssigned("assignment_1", (_, options) => options.find((one) => (place % 3 ? ["newtons", "friction"] : ["kilograms", "inertia"]).includes(one)) ?? "");
  }
}
