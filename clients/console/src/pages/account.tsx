import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useLanguage, useText, type Language } from "../language.tsx";
import { Problem } from "../parts.tsx";
import { useSession } from "../session.tsx";
import { applyTheme, keptTheme, THEMES, type Theme } from "../theme.ts";

export default function AccountPage() {
  const text = useText();
  const { rest } = useSession();
  const queries = useQueryClient();
  const { language, choose } = useLanguage();
  const [theme, setTheme] = useState(keptTheme);
  const [isSure, setIsSure] = useState(false);
  useEffect(() => applyTheme(theme), [theme]);
  const exported = useMutation({
    mutationFn: async () => {
      const told = await rest.get("/api/me/export");
      const url = told.download_url ?? URL.createObjectURL(new Blob([JSON.stringify(told.export, null, 2)], { type: "application/json" }));
      const link = document.createElement("a");
      link.href = url;
      link.download = "lyceum.json";
      link.click();
    },
  });
  const erase = useMutation({
    mutationFn: () => rest.delete("/api/me/data"),
    onSuccess: () => {
      setIsSure(false);
      queries.clear();
    },
  });
  return (
    <>
      <h1>{text("nav.account")}</h1>
      <label>
        {text("account.language")}
        <select value={language} onChange={(event) => choose(event.target.value as Language)}>
          <option value="en">English</option>
          <option value="de">Deutsch</option>
        </select>
      </label>
      <label>
        {text("account.theme")}
        <select value={theme} onChange={(event) => setTheme(event.target.value as Theme)}>
          {THEMES.map((one) => (
            <option key={one} value={one}>
              {text(`account.theme.${one}`)}
            </option>
          ))}
        </select>
      </label>
      <p>
        <button type="button" onClick={() => exported.mutate()} disabled={exported.isPending}>
          {text("account.export")}
        </button>
      </p>
      <p>
        <button type="button" className="danger" onClick={() => setIsSure(true)} aria-expanded={isSure}>
          {text("account.erase")}
        </button>
      </p>
      {isSure && (
        <div className="warning" role="alert">
          <p>{text("account.erase.sure")}</p>
          <button type="button" className="danger" onClick={() => erase.mutate()} disabled={erase.isPending}>
            {text("account.erase.yes")}
          </button>{" "}
          <button type="button" onClick={() => setIsSure(false)}>
            {text("cancel")}
          </button>
        </div>
      )}
      {erase.isSuccess && <p role="status">{text("account.erased")}</p>}
      <Problem error={exported.error ?? erase.error} />
    </>
  );
}
