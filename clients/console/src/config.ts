interface Config {
  /** The address of the API. */
  api: string;
  /** The service with which people sign in; null on the laptop, whose demo school needs no password. */
  supabase: { url: string; key: string } | null;
}

/** `make deploy` writes the configuration into the page. The laptop's page has none, because its own server is the API. */
const told = document.querySelector<HTMLMetaElement>('meta[name="lyceum"]')?.content;

export const config: Config = told ? (JSON.parse(told) as Config) : { api: location.origin, supabase: null };
