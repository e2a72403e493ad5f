import type { components } from "@lyceum/client";
import { Plus, X } from "lucide-react";
import { useId } from "react";
import { useText } from "../../language.tsx";
import { AnswerField, KINDS, letter, type Given, type Kind } from "../../questions.tsx";

type Item = components["schemas"]["ItemBody"];
export type Difficulty = Item["difficulty"];
const DIFFICULTIES: Difficulty[] = ["beginner", "intermediate", "advanced"];
const CHOICES: Kind[] = ["multiple_choice", "multiple_answer", "ordering"];
const MOST_OPTIONS = 6;

export interface Written {
  kind: Kind;
  question: string;
  options: string[];
  correct_answer: Given;
  explanation: string;
  concept: string;
  difficulty: Difficulty;
}

export const EMPTY: Written = {
  kind: "multiple_choice",
  question: "",
  options: ["", "", "", ""],
  correct_answer: "A",
  explanation: "",
  concept: "",
  difficulty: "intermediate",
};

/** The item in the form of the request: without empty options, and with the letters that the remaining options get. */
export function written(item: Written): Written {
  if (item.options.length === 0) return item;
  const kept = item.options.map((_, index) => index).filter((index) => item.options[index]?.trim());
  const moved = [item.correct_answer].flat().flatMap((one) => {
    const at = kept.indexOf(one.charCodeAt(0) - 65);
    return at < 0 ? [] : [letter(at)];
  });
  return {
    ...item,
    options: kept.map((index) => item.options[index] ?? ""),
    correct_answer: Array.isArray(item.correct_answer) ? moved : (moved[0] ?? ""),
  };
}

export function DifficultyChoice({ value, onChange }: { value: Difficulty; onChange: (difficulty: Difficulty) => void }) {
  const text = useText();
  return (
    <label>
      {text("item.difficulty")}
      <select value={value} onChange={(event) => onChange(event.target.value as Difficulty)}>
        {DIFFICULTIES.map((one) => (
          <option key={one} value={one}>
            {text(`difficulty.${one}`)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The field for the key of a question: options to choose, options to order, or a text with one right answer in each line. */
export function KeyField({ kind, options, value, onChange }: { kind: Kind; options: string[]; value: Given; onChange: (key: Given) => void }) {
  const text = useText();
  if (options.length === 0) {
    const isMany = kind === "cloze" || kind === "short_answer";
    return (
      <label>
        {text("item.key")}
        {isMany ? (
          <textarea rows={3} required value={[value].flat().join("\n")} onChange={(event) => onChange(event.target.value.split("\n"))} />
        ) : (
          <input type="text" required value={[value].flat().join("")} onChange={(event) => onChange(event.target.value)} />
        )}
        <span className="help">{text(`item.key.${kind === "numeric" ? "numeric" : kind === "cloze" ? "cloze" : "short_answer"}`)}</span>
      </label>
    );
  }
  return (
    <fieldset>
      <legend>{text("item.key")}</legend>
      <AnswerField
        question={{ kind, options: options.map((one, index) => one || text("item.option", { letter: letter(index) })) }}
        value={value}
        onChange={onChange}
      />
    </fieldset>
  );
}

/** The fields of an item that a teacher fills in. */
export function ItemFields({ item, onChange }: { item: Written; onChange: (item: Written) => void }) {
  const text = useText();
  const name = useId();
  const set = (change: Partial<Written>): void => onChange({ ...item, ...change });
  const hasOptions = CHOICES.includes(item.kind);
  const setKind = (kind: Kind): void => {
    const options = kind === "true_false" ? ["True", "False"] : CHOICES.includes(kind) ? (item.options.length > 2 ? item.options : EMPTY.options) : [];
    const key = kind === "ordering" ? options.map((_, index) => letter(index)) : kind === "multiple_answer" ? ["A"] : options.length > 0 ? "A" : "";
    set({ kind, options, correct_answer: key });
  };
  const setOptions = (options: string[]): void => {
    const letters = options.map((_, index) => letter(index));
    const kept = [item.correct_answer].flat().filter((one) => letters.includes(one));
    const key = item.kind === "ordering" ? [...kept, ...letters.filter((one) => !kept.includes(one))] : item.kind === "multiple_choice" ? (kept[0] ?? "A") : kept;
    set({ options, correct_answer: key });
  };
  return (
    <>
      <div className="fields">
        <label>
          {text("item.kind")}
          <select value={item.kind} onChange={(event) => setKind(event.target.value as Kind)}>
            {KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {text(`kind.${kind}`)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {text("mastery.concept")}
          <input type="text" required maxLength={80} value={item.concept} onChange={(event) => set({ concept: event.target.value })} />
        </label>
        <DifficultyChoice value={item.difficulty} onChange={(difficulty) => set({ difficulty })} />
      </div>
      <label>
        {text("item.question")}
        <textarea rows={2} required maxLength={600} value={item.question} onChange={(event) => set({ question: event.target.value })} />
      </label>
      {hasOptions && (
        <fieldset className="stack tight">
          <legend>{text("item.options")}</legend>
          {item.options.map((option, index) => (
            <div key={index} className="row" style={{ flexWrap: "nowrap" }}>
              <input
                type="text"
                id={`${name}-${index}`}
                aria-label={text("item.option", { letter: letter(index) })}
                maxLength={300}
                value={option}
                onChange={(event) => setOptions(item.options.map((one, at) => (at === index ? event.target.value : one)))}
              />
              <button
                type="button"
                className="plain square"
                disabled={item.options.length <= 2}
                aria-label={`${text("item.option.remove")}: ${option || letter(index)}`}
                onClick={() => setOptions(item.options.filter((_, at) => at !== index))}
              >
                <X size={16} aria-hidden="true" />
              </button>
            </div>
          ))}
          {item.options.length < MOST_OPTIONS && (
            <p>
              <button type="button" className="plain" onClick={() => setOptions([...item.options, ""])}>
                <Plus size={16} aria-hidden="true" />
                {text("item.option.add")}
              </button>
            </p>
          )}
        </fieldset>
      )}
      <KeyField kind={item.kind} options={item.options} value={item.correct_answer} onChange={(key) => set({ correct_answer: key })} />
      <label>
        {text("item.explanation")}
        <textarea rows={2} maxLength={1500} value={item.explanation} onChange={(event) => set({ explanation: event.target.value })} />
      </label>
    </>
  );
}
