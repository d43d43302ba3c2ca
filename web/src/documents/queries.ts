/** Questions about documents, and how long their answers last. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "../api/client";
import { orKept } from "../pwa/kept";

export type Summary = Schemas["DocumentSummary"];
export type Document = Schemas["Document"];
export type Status = Schemas["DocumentStatus"];

const PAGE = 50;
/** Asked without a connection as well: then what was kept is the answer. */
const OFFLINE = { networkMode: "always", refetchOnReconnect: "always" } as const;

export const documentsQuery = infiniteQueryOptions({
  queryKey: ["documents"],
  queryFn: ({ pageParam, signal }) =>
    orKept(`documents:${pageParam ?? ""}`, () =>
      data(
        api.GET("/api/v1/documents", {
          params: { query: { limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) } },
          signal,
        }),
      ),
    ),
  ...OFFLINE,
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next,
});

export function documentQuery(id: string) {
  return queryOptions({
    queryKey: ["document", id],
    queryFn: ({ signal }) =>
      orKept(`document:${id}`, () => data(api.GET("/api/v1/documents/{id}", { params: { path: { id } }, signal }))),
    ...OFFLINE,
  });
}

/** Whether something may still happen to it. */
export function isOpen({ status }: Pick<Summary, "status">): boolean {
  return status === "pending" || status === "needs_review";
}
