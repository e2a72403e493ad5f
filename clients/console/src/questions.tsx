import type { components } from "@lyceum/client";
import { useId } from "react";
import { useText } from "./language.tsx";

export type Question = components["schemas"]["QuestionBody"];
export type Given = string | string[];
export type Kind = Question["kind"];
export const KINDS: Kind[] = ["multiple_choice", "multiple_answer", "true_false", "cloze", "numeric", "ordering", "short_answer"];

export const letter = (index: number): string => String.fromCharCode(65 + index);

/** An answer as the learner sees it: with the texts of the options instead of their letters. */
export function shown(question: { options?: string[] }, answer: Given | null): string {
  const one = (value: string): string => question.options?.[value.charCodeAt(0) - 65] ?? value;
  return answer === null ? "" : [answer].flat().map(one).join(" · ");
}

/** The field in which a question of any kind is answered. */
export function AnswerField({ question, value, onChange }: { question: Pick<Question, "kind" | "options">; value: Given | undefined; onChange: (answer: Given) => void }) {
  const text = useText();
  const name = useId();
  const chosen = value === undefined ? [] : [value].flat();
  if (question.kind === "ordering") {
    const order = chosen.length === question.options.length ? chosen : question.options.map((_, index) => letter(index));
    const move = (from: number, to: number): void => {
      const moved = [...order];
      moved.splice(to, 0, ...moved.splice(from, 1));
      onChange(moved);
    };
    return (
      <ol className="ordering">
        {order.map((one, index) => (
          <li key={one}>
            <span>
              {shown(question, one)}
              <span className="row">
                <button
                  type="button"
                  className="second square"
                  disabled={index === 0}
                  onClick={() => move(index, index - 1)}
                  aria-label={`${text("quiz.up")}: ${shown(question, one)}`}
                >
                  ↑
                </button>
                <button
                  type="button"
                  className="second square"
                  disabled={index === order.length - 1}
                  onClick={() => move(index, index + 1)}
                  aria-label={`${text("quiz.down")}: ${shown(question, one)}`}
                >
                  ↓
                </button>
              </span>
            </span>
          </li>
        ))}
      </ol>
    );
  }
  if (question.options.length === 0) {
    return (
      <label>
        {text("quiz.answer")}
        {question.kind === "short_answer" ? (
          <textarea rows={3} maxLength={2000} value={chosen[0] ?? ""} onChange={(event) => onChange(event.target.value)} />
        ) : (
          <input type="text" maxLength={2000} value={chosen[0] ?? ""} onChange={(event) => onChange(event.target.value)} />
        )}
      </label>
    );
  }
  const isMany = question.kind === "multiple_answer";
  return (
    <>
      {question.options.map((option, index) => {
        const own = letter(index);
        const isOn = chosen.includes(own);
        return (
          <label key={own} className="option">
            <input
              type={isMany ? "checkbox" : "radio"}
              name={name}
              checked={isOn}
              onChange={() => onChange(isMany ? (isOn ? chosen.filter((one) => one !== own) : [...chosen, own].sort()) : own)}
            />
            {option}
          </label>
        );
      })}
    </>
  );
}

/** A field to choose the kinds of questions. */
export function KindChoice({ chosen, onChange }: { chosen: Kind[]; onChange: (kinds: Kind[]) => void }) {
  const text = useText();
  return (
    <fieldset>
      <legend>{text("quizzes.kinds")}</legend>
      <div className="chips">
        {KINDS.map((kind) => (
          <label key={kind}>
            <input
              type="checkbox"
              checked={chosen.includes(kind)}
              onChange={() => onChange(chosen.includes(kind) ? chosen.filter((one) => one !== kind) : [...chosen, kind])}
            />
            {text(`kind.${kind}`)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
