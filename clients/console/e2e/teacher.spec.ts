import { expect, test } from "@playwright/test";
import { answeredClass, CLASS, FORCES, ITEMS, Person, SUBJECT } from "./school.ts";
import { bring, go, isAccessible, isReady, mistakesOf, press, signIn, tab, tabTo, url } from "./steps.ts";

test("a teacher's whole journey: items, an assigned quiz, the class, the desk and a corrected key", async ({ page, browser }) => {
  const mistakes = mistakesOf(page);
  await signIn(page, /Grace Hopper/);
  await expect(page.getByText("6", { exact: true })).toBeVisible();
  await isAccessible(page);

  await tab(page, "Materials");
  await isAccessible(page);
  await bring(page, { name: "forces.txt", mimeType: "text/plain", buffer: Buffer.from(FORCES) });
  await isAccessible(page);

  await tab(page, "Items");
  await expect(page.getByText("No items here")).toBeVisible();
  await page.getByRole("button", { name: "Make drafts", exact: true }).click();
  await page.getByLabel("Material").selectOption({ label: "forces.txt" });
  await page.getByLabel("Questions", { exact: true }).fill("2");
  await page.getByRole("checkbox", { name: "True or false" }).check(); // the text is too short for a multiple-choice question
  await isAccessible(page);
  await page.getByRole("button", { name: "Make drafts from the materials" }).dblclick();
  const drafts = page.locator(".rows > li");
  await expect(drafts.first()).toBeVisible();
  await isAccessible(page);

  // A draft is edited: the new version is checked again.
  await drafts.first().getByRole("link").click();
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("Explanation").fill("The text says so.");
  await isAccessible(page);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Version 2")).toBeVisible();
  await isAccessible(page);

  // The checks refuse an item that the materials do not support; the teacher may keep it.
  await tab(page, "Items");
  await page.getByRole("link", { name: "Write one" }).click();
  await page.getByLabel("Question", { exact: true }).fill("Who proposed the law of the moon?");
  await page.getByLabel("Concept").fill("moon");
  for (const [index, option] of ["Galileo", "Kepler", "Hubble"].entries()) {
    await page.getByLabel(`Option ${"ABC"[index]}`, { exact: true }).first().fill(option);
  }
  await isAccessible(page);
  await page.getByRole("button", { name: "Save as a draft" }).click();
  await expect(page.getByText("The checks refuse this item:")).toBeVisible();
  await expect(page.getByRole("button", { name: "Approve", exact: true })).toHaveCount(0);
  await isAccessible(page);
  await page.getByRole("button", { name: "Keep as my own word" }).click();
  await expect(page.getByText("Your own word")).toBeVisible();
  await page.getByRole("button", { name: "Retire" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Retire" }).click();
  await expect(page.getByText("Retired", { exact: true })).toBeVisible();

  // Two items that the material supports are written and approved here; the key of the first is wrong.
  for (const item of ITEMS) {
    await tab(page, "Items");
    await page.getByRole("link", { name: "Write one" }).click();
    await page.getByLabel("Question", { exact: true }).fill(item.question);
    await page.getByLabel("Concept").fill(item.concept);
    for (const [index, option] of item.options.entries()) await page.getByLabel(`Option ${"ABC"[index]}`, { exact: true }).first().fill(option);
    if (item === ITEMS[0]) await page.getByRole("radio", { name: item.options[1] }).check();
    await page.getByRole("button", { name: "Save as a draft" }).click();
    await page.getByRole("button", { name: /^(Approve|Keep as my own word)$/ }).click();
    await expect(page.getByText("Approved", { exact: true })).toBeVisible();
  }

  await tab(page, "Assignments");
  await isAccessible(page);
  await page.getByRole("link", { name: "Forces and motion" }).click();
  for (const item of ITEMS) await page.getByRole("checkbox", { name: item.question }).check();
  await page.getByLabel("Attempts").fill("2");
  await page.getByLabel("Opens").fill("2020-01-01T08:00");
  await page.getByLabel("Closes").fill("2099-01-01T08:00");
  await isAccessible(page);
  await page.getByRole("button", { name: "Assign", exact: true }).dblclick();
  await expect(page.getByText("0 of 6 learners have submitted.")).toBeVisible();

  // A learner finds it in the list, and disputes the mark that the wrong key gave.
  const learner = await (await browser.newContext()).newPage();
  await signIn(learner, /Emmy Noether/);
  await go(learner, "Quizzes");
  await isAccessible(learner);
  await learner.getByRole("button", { name: "Begin: Forces and motion" }).click();
  await learner.getByRole("group", { name: ITEMS[0].question }).getByRole("radio", { name: "newtons" }).check();
  await learner.getByRole("group", { name: ITEMS[1].question }).getByRole("radio", { name: "friction" }).check();
  await learner.getByRole("button", { name: "Submit" }).click();
  await expect(learner.getByText("Score: 50 %")).toBeVisible();
  await learner.getByRole("button", { name: `Dispute this mark: ${ITEMS[0].question}` }).click();
  await learner.getByLabel("Why is the mark wrong?").fill("A force is measured in newtons, as the text says.");
  await isAccessible(learner);
  await learner.getByRole("button", { name: "Send to the teacher" }).dblclick();
  await expect(learner.getByText("disputed, waits for your teacher")).toBeVisible();
  await isAccessible(learner);

  // The others answer too, so that there are figures.
  for (const [place, name] of CLASS.filter((one) => one !== "emmy").entries()) {
    const person = await Person.named(name);
    await person.takeAssigned("assignment_1", (question) => (question === ITEMS[0].question ? (place % 2 ? "kilograms" : "newtons") : place ? "friction" : "mass"));
  }
  await expect(page.getByText("6 of 6 learners have submitted.")).toBeVisible(); // without a reload
  await expect(page.getByText("Discrimination").first()).toBeVisible();
  await isAccessible(page);

  await tab(page, "Overview");
  await page.reload();
  await expect(page.locator(".chart svg").first()).toBeVisible();
  await isAccessible(page);

  // The desk: the dispute with its passage and the machine's verdict.
  await tab(page, "Desk");
  await expect(page.getByText("A force is measured in newtons, as the text says.")).toBeVisible();
  await isAccessible(page);
  await page.getByRole("radio", { name: "right", exact: true }).check();
  await page.getByLabel("Reason").fill("The key is wrong.");
  await page.getByRole("button", { name: /^Decide/ }).click();
  await expect(page.getByText("The desk is empty")).toBeVisible();
  await page.getByRole("link", { name: "Decided" }).click();
  await expect(page.getByText("A teacher decided: right.")).toBeVisible();
  await isAccessible(page);
  await learner.reload();
  await expect(learner.getByText("The key is wrong.")).toBeVisible();
  await expect(learner.getByText("Score: 100 %")).toBeVisible();
  await isAccessible(learner);

  // The key is corrected for all learners: first a dry run shows whose marks would change, then it is done.
  await tab(page, "Items");
  await page.getByRole("link", { name: ITEMS[0].question }).click();
  await page.getByRole("button", { name: "Correct the key …" }).click();
  await page.getByRole("radio", { name: "newtons" }).check();
  await page.getByLabel("Reason").fill("The text says newtons.");
  await page.getByRole("button", { name: "Show what would change" }).click();
  await expect(page.getByText(/It would change something for 5 of 6 learners/)).toBeVisible();
  const rows = page.getByRole("region", { name: "Who, before and after" }).getByRole("row");
  await expect(rows).toHaveCount(6);
  await expect(rows.filter({ hasText: "Ada Lovelace" })).toContainText(/0 %\s*50 %/);
  await isAccessible(page);
  await page.getByRole("button", { name: "Do it for all" }).dblclick();
  await expect(page.getByText(/attempts are marked again/)).toBeVisible();
  await expect(page.getByText("done", { exact: true })).toBeVisible();

  await tab(page, "Decisions");
  await expect(page.getByRole("rowheader", { name: "Ada Lovelace" })).toBeVisible();
  await isAccessible(page);
  expect(mistakes).toEqual([]);
  await learner.context().close();
});

test("the desk and the class by keyboard alone, on a narrow screen", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 640 });
  await answeredClass();
  const marie = await Person.named("marie");
  const results = await marie.call<{ items: { result_id: string; quiz_id: string }[] }>("GET", "/api/quiz-results");
  const { result_id: resultId = "", quiz_id: quizId = "" } = results.items[0] ?? {};
  const result = await marie.call<{ results: { question_id: string }[] }>("GET", `/api/quizzes/${quizId}/result`);
  await marie.call("POST", `/api/results/${resultId}/appeals`, {
    sentence: "Inertia is what I meant.",
    question_id: result.results[1]?.question_id,
  });
  await page.goto(url());
  await press(page, /Grace Hopper/);
  await press(page, "Desk", "link");
  await expect(page.getByText("Inertia is what I meant.")).toBeVisible();
  await tabTo(page, "right", "radio");
  await page.keyboard.press("Space");
  await tabTo(page, /Reason/, "textbox");
  await page.keyboard.type("It says the same.");
  await press(page, /^Decide/);
  await expect(page.getByText("The desk is empty")).toBeVisible();
  for (const name of ["Overview", "Materials", "Items", "Assignments", "Desk", "Decisions"]) {
    await tab(page, name);
    await expect(page.locator("nav.tabs .active")).toHaveText(name);
    const rights = await page.locator("nav.tabs a").evaluateAll((links) => links.map((link) => link.getBoundingClientRect().right));
    expect(Math.max(...rights), "no tab is hidden beside the screen").toBeLessThanOrEqual(360);
    await isAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBeLessThanOrEqual(360);
  }
});

test("a material that arrives after the list was read becomes ready by itself", async ({ page }) => {
  const grace = await Person.named("grace");
  const fileId = await grace.bringMaterial("late.txt", FORCES);
  let hasArrived = false;
  await page.route(/\/materials\?/, async (route) => {
    const response = await route.fetch();
    const list = (await response.json()) as { items: { status: string }[] };
    if (!hasArrived) list.items.forEach((one) => (one.status = "awaiting_upload"));
    await route.fulfill({ response, json: list });
  });
  await signIn(page, /Grace Hopper/);
  await tab(page, "Materials");
  await expect(page.locator(".document", { hasText: "late.txt" }).getByText("waiting for the upload")).toBeVisible();
  await page.waitForLoadState("networkidle");
  hasArrived = true;
  await isReady(page, "late.txt");
  await grace.call("DELETE", `/api/teacher/subjects/${SUBJECT}/materials/${fileId}`);
});
