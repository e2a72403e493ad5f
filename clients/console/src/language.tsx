import { createContext, useContext, useEffect, useState, type ReactNode } from "react";
import { de } from "./texts/de.ts";
import { en, type TextId } from "./texts/en.ts";

const TEXTS = { en, de };
export type Language = keyof typeof TEXTS;
const LOCALES = { en: "en-GB", de: "de-DE" };
const KEPT = "lyceum.language";

export type Translate = (id: TextId, values?: Record<string, string | number>) => string;
const LanguageContext = createContext<{ language: Language; choose: (language: Language) => void } | null>(null);

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(
    () => (localStorage.getItem(KEPT) as Language | null) ?? (navigator.language.startsWith("de") ? "de" : "en"),
  );
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const choose = (chosen: Language): void => {
    localStorage.setItem(KEPT, chosen);
    setLanguage(chosen);
  };
  return <LanguageContext.Provider value={{ language, choose }}>{children}</LanguageContext.Provider>;
}

export function useLanguage() {
  const known = useContext(LanguageContext);
  if (!known) throw new Error("there is no language");
  return known;
}

const SHAPES = { day: { dateStyle: "medium" }, moment: { dateStyle: "medium", timeStyle: "short" } } as const;

/** Formats a moment from the server in the chosen language. */
export function useMoment(): (moment: string, shape?: keyof typeof SHAPES) => string {
  const { language } = useLanguage();
  return (moment, shape = "day") => new Date(moment).toLocaleString(LOCALES[language], SHAPES[shape]);
}

/** The id of the text for exactly one thing, `id.one`, if there is such a text. */
function formOf(language: Language, id: TextId, values: Record<string, string | number>): string {
  const single = `${id}.one`;
  return TEXTS[language][values["count"] === 1 && single in en ? (single as TextId) : id];
}

/** A text of the page in the chosen language, with `{name}` replaced by its value. */
export function useText(): Translate {
  const { language } = useLanguage();
  return (id, values = {}) => formOf(language, id, values).replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

export const isText = (id: string): id is TextId => id in en;

/** The text with this id, or the given other text if there is none: for a code that the page may not know. */
export const textOr = (id: string, other: string, text: Translate): string => (isText(id) ? text(id) : other);
