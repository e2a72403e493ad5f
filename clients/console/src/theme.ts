const KEPT = "lyceum.theme";
export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export const keptTheme = (): Theme => (localStorage.getItem(KEPT) as Theme | null) ?? "system";

export function applyTheme(theme: Theme): void {
  localStorage.setItem(KEPT, theme);
  document.documentElement.dataset["theme"] = theme;
}
