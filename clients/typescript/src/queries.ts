import type { AnswerOf, InitOf, PathOf, Rest } from "./rest.ts";

/** Options of TanStack Query's `useQuery` for a request that reads. Errors are not retried again: `Rest` has done that. */
export function queryOptions<P extends PathOf<"GET">>(rest: Rest, path: P, init?: Omit<InitOf<"GET", P>, "signal">) {
  return {
    queryKey: ["lyceum", path, init?.path ?? null, init?.query ?? null] as const,
    queryFn: ({ signal }: { signal: AbortSignal }): Promise<AnswerOf<"GET", P>> =>
      rest.get(path, { ...init, signal } as unknown as InitOf<"GET", P>),
    retry: false,
  };
}

/** Options of `useInfiniteQuery` for a list: a page is one request. */
export function pageOptions<P extends PathOf<"GET">>(rest: Rest, path: P, init?: Omit<InitOf<"GET", P>, "signal">) {
  return {
    queryKey: ["lyceum", path, "pages", init?.path ?? null, init?.query ?? null] as const,
    initialPageParam: null as string | null,
    queryFn: ({ signal, pageParam }: { signal: AbortSignal; pageParam: string | null }): Promise<AnswerOf<"GET", P>> => {
      const query = { ...(init?.query as object | undefined), ...(pageParam ? { cursor: pageParam } : {}) };
      return rest.get(path, { ...init, query, signal } as unknown as InitOf<"GET", P>);
    },
    getNextPageParam: (page: AnswerOf<"GET", P>): string | null => (page as { next_cursor?: string | null }).next_cursor ?? null,
    retry: false,
  };
}
