import { queryOptions } from "@lyceum/client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useAction } from "../actions.ts";
import { Confirm } from "../dialogs.tsx";
import { save } from "../files.ts";
import { useLanguage, useMoment, useText, type Language } from "../language.tsx";
import { Loading, PageHead, Problem } from "../parts.tsx";
import { useSession } from "../session.tsx";
import { applyTheme, keptTheme, THEMES, type Theme } from "../theme.ts";
import { forgetDrafts } from "../tokens.ts";

export default function AccountPage() {
  const text = useText();
  const { rest, me } = useSession();
  const queries = useQueryClient();
  const { language, choose } = useLanguage();
  const [theme, setTheme] = useState(keptTheme);
  const [isAsked, setIsAsked] = useState(false);
  useEffect(() => applyTheme(theme), [theme]);
  const exported = useAction({
    mutationFn: async () => {
      const told = await rest.get("/api/me/export");
      if (told.download_url) location.assign(told.download_url);
      else save(new Blob([JSON.stringify(told.export, null, 2)], { type: "application/json" }), "lyceum.json");
    },
  });
  const erase = useAction({
    mutationFn: () => rest.delete("/api/me/data"),
    onSuccess: () => {
      forgetDrafts();
      queries.removeQueries({ queryKey: ["lyceum"] });
    },
    onSettled: () => setIsAsked(false),
  });
  return (
    <>
      <PageHead title={text("nav.account")}>{me.email ?? me.name}</PageHead>
      <div className="stack">
        <section className="card stack" aria-labelledby="look">
          <h2 id="look">{text("account.look")}</h2>
          <div className="fields">
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
          </div>
        </section>
        <Usage />
        <section className="card stack" aria-labelledby="data">
          <h2 id="data">{text("account.data")}</h2>
          <p>{text("account.data.help")}</p>
          <div className="row">
            <button type="button" className="second" onClick={() => exported.mutate()} disabled={exported.isPending}>
              {text("account.export")}
            </button>
            <button type="button" className="danger" onClick={() => setIsAsked(true)}>
              {text("account.erase")}
            </button>
          </div>
          {erase.isSuccess && (
            <p role="status" className="callout good">
              {text("account.erased")}
            </p>
          )}
          <Problem error={exported.error ?? erase.error} />
        </section>
      </div>
      {isAsked && (
        <Confirm
          title={text("account.erase")}
          action={text("account.erase.yes")}
          isBusy={erase.isPending}
          onConfirm={() => erase.mutate()}
          onClose={() => setIsAsked(false)}
        >
          {text("account.erase.sure")}
        </Confirm>
      )}
    </>
  );
}

/** The learner's allowances: how much is used and left today. */
function Usage() {
  const text = useText();
  const moment = useMoment();
  const { rest } = useSession();
  const usage = useQuery(queryOptions(rest, "/api/usage"));
  return (
    <section className="card stack" aria-labelledby="usage">
      <h2 id="usage">{text("usage")}</h2>
      {usage.isPending && <Loading />}
      <Problem error={usage.error} onRetry={() => void usage.refetch()} />
      {usage.data && (
        <div className="scroll" tabIndex={0} role="region" aria-labelledby="usage">
          <table>
            <thead>
              <tr>
                <th scope="col">{text("usage.what")}</th>
                <th scope="col">{text("usage.used")}</th>
                <th scope="col">{text("usage.renews")}</th>
              </tr>
            </thead>
            <tbody>
              {usage.data.allowances.map((one) => (
                <tr key={one.kind}>
                  <th scope="row">{text(`usage.${one.kind}`)}</th>
                  <td>
                    <span className="bar">
                      <span className="track" aria-hidden="true">
                        <span style={{ inlineSize: `${one.limit ? Math.min(100, (one.used / one.limit) * 100) : 100}%` }} />
                      </span>
                      {text("usage.of", { used: Math.round(one.used), limit: Math.round(one.limit) })}
                    </span>
                  </td>
                  <td>{moment(one.renews_at, "moment")}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
