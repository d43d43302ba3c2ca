/** Questions about reviews, and what is said to them. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "../api/client";

export type Waiting = Schemas["WaitingReview"];
export type Review = Schemas["Review"];
export type Decision = Schemas["ReviewDecision"];

/** Everything of reviews begins so: a session that ends, and news, forget all of it at once. */
const ALL = "reviews";

export const reviewsQuery = infiniteQueryOptions({
  queryKey: [ALL, "list"],
  queryFn: ({ pageParam, signal }) =>
    data(
      api.GET("/api/v1/reviews", {
        params: { query: { limit: 50, ...(pageParam === null ? {} : { cursor: pageParam }) } },
        signal,
      }),
    ),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next,
});

export function reviewQuery(id: string) {
  return queryOptions({
    // Not below ALL: what is being corrected is not replaced by news of other reviews.
    queryKey: ["review", id],
    // The client's types lose how many numbers a box has.
    queryFn: ({ signal }) =>
      data(api.GET("/api/v1/reviews/{id}", { params: { path: { id } }, signal })) as Promise<Review>,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

export function claim(id: string): Promise<Waiting> {
  return data(api.POST("/api/v1/reviews/{id}/claim", { params: { path: { id } } }));
}

/** The same again is answered as it stands, so a lost answer may be asked for again. */
export function decide(id: string, body: Decision): Promise<Schemas["DecidedReview"]> {
  return data(api.POST("/api/v1/reviews/{id}", { params: { path: { id } }, body }));
}
