import { createContext, useContext, useEffect, useState, type ReactNode } from "react";
import { de } from "./texts/de.ts";
import { en, type TextId } from "./texts/en.ts";

const TEXTS = { en, de };
export type Language = keyof typeof TEXTS;
const KEPT = "lyceum.language";

type Translate = (id: TextId, values?: Record<string, string | number>) => string;
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

/** A text of the page in the chosen language, with `{name}` replaced by its value. */
export function useText(): Translate {
  const { language } = useLanguage();
  return (id, values = {}) => TEXTS[language][id].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}
