interface Config {
  /** The address of the API. */
  api: string;
  /** Where people sign in; null on the laptop, whose demo school needs no password. */
  supabase: { url: string; key: string } | null;
}

/** `make deploy` writes it into the page. On the laptop there is none: the page's own server is the API. */
const told = document.querySelector<HTMLMetaElement>('meta[name="lyceum"]')?.content;

export const config: Config = told ? (JSON.parse(told) as Config) : { api: location.origin, supabase: null };
