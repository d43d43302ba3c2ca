/** What is known of the API's answers, while a page is open. The service worker's side of it is beside this. */
import { QueryClient } from "@tanstack/react-query";
import { session } from "../session/session";
import { NoAnswerError } from "./problem";

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // `send.ts` has repeated what may be repeated. A lost connection is tried again here.
      retry: (failures, error) => error instanceof NoAnswerError && failures < 2,
    },
    // Offline is for each kind of change to decide, not for the library to wait in silence.
    mutations: { networkMode: "always" },
  },
});

// The next one to log in here is not shown what the last one saw.
session.onEnd(() => queries.clear());
