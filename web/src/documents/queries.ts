/** Questions about documents, and how long their answers last. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "../api/client";

export type Summary = Schemas["DocumentSummary"];
export type Document = Schemas["Document"];
export type Status = Schemas["DocumentStatus"];

const PAGE = 50;

export const documentsQuery = infiniteQueryOptions({
  queryKey: ["documents"],
  queryFn: ({ pageParam, signal }) =>
    data(
      api.GET("/api/v1/documents", {
        params: { query: { limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) } },
        signal,
      }),
    ),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next,
});

export function documentQuery(id: string) {
  return queryOptions({
    queryKey: ["document", id],
    queryFn: ({ signal }) => data(api.GET("/api/v1/documents/{id}", { params: { path: { id } }, signal })),
  });
}

/** Whether something may still happen to it. */
export function isOpen({ status }: Pick<Summary, "status">): boolean {
  return status === "pending" || status === "needs_review";
}
