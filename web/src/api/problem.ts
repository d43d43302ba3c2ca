/** What the API says when it says no (docs/api.md): a problem document of ours, or the gateway's own words. */
import { t } from "../strings";
import type { components } from "./openapi";

export type FieldError = components["schemas"]["FieldError"];

export interface Refusal {
  status: number;
  /** The end of `type`, such as `invalid`; null for what is not ours. */
  kind: string | null;
  title: string;
  detail: string;
  requestId: string | null;
  errors: readonly FieldError[];
  /** Seconds the API asks us to wait. */
  retryAfter: number | null;
}

/** A request that was answered with a refusal. */
export class ProblemError extends Error {
  constructor(readonly refusal: Refusal) {
    super(`${refusal.status} ${refusal.title}`);
    this.name = "ProblemError";
  }

  get kind(): string | null {
    return this.refusal.kind;
  }
}

/** A request that got no answer: no connection, or one that broke. */
export class NoAnswerError extends Error {
  constructor(options?: ErrorOptions) {
    super("no answer", options);
    this.name = "NoAnswerError";
  }
}

/** The refusal in an answer. Whatever its body is, this gives something to show. */
export async function refusalOf(response: Response): Promise<Refusal> {
  const refusal: Refusal = {
    status: response.status,
    kind: null,
    title: response.statusText || `HTTP ${response.status}`,
    detail: "",
    requestId: response.headers.get("x-request-id") ?? response.headers.get("apigw-requestid"),
    errors: [],
    retryAfter: seconds(response.headers.get("retry-after")),
  };
  const type = response.headers.get("content-type") ?? "";
  if (!type.startsWith("application/problem+json")) return refusal;
  try {
    const said = (await response.json()) as Partial<components["schemas"]["Problem"]>;
    return {
      ...refusal,
      kind: typeof said.type === "string" ? (said.type.split("/").at(-1) ?? null) : null,
      title: said.title ?? refusal.title,
      detail: said.detail ?? "",
      requestId: said.request_id ?? refusal.requestId,
      errors: Array.isArray(said.errors) ? said.errors : [],
    };
  } catch {
    return refusal;
  }
}

/** `Retry-After` in seconds: it comes as a number or as a date. Never more than an hour, never less than none. */
export function seconds(header: string | null, now: number = Date.now()): number | null {
  if (!header) return null;
  const given = /^\d+$/.test(header.trim()) ? Number(header) : (Date.parse(header) - now) / 1000;
  return Number.isFinite(given) ? Math.min(3600, Math.max(0, given)) : null;
}

/** An error in the words of people: one or two sentences. */
export function explain(error: unknown): string {
  if (error instanceof NoAnswerError) return t("problem.offline");
  if (!(error instanceof ProblemError)) return t("problem.internal");
  const { kind, status, title, detail, retryAfter, errors, requestId } = error.refusal;
  switch (kind) {
    case "wrong-credentials":
      return t("problem.wrong-credentials");
    case "session-ended":
    case "unauthorized":
      return t("login.ended");
    case "not-found":
      return t("problem.not-found");
    case "forbidden":
      return t("problem.forbidden");
    case "too-many-attempts":
      return `${t("problem.too-many-attempts")} ${wait(retryAfter ?? 60)}`;
    case "too-many-requests":
      return `${t("problem.too-many-requests")} ${wait(retryAfter ?? 10)}`;
    case "unavailable":
    case "out-of-time":
      return t("problem.busy");
    case "invalid":
      return errors.length > 0 ? errors.map(sentence).join(" ") : `${title} ${detail}`;
  }
  if (kind !== null && status < 500) return `${title} ${detail}`.trim();
  if (status === 401) return t("login.ended");
  if (status === 429 || status === 503) return t("problem.busy");
  return requestId ? `${t("problem.internal")} ${t("problem.code", { id: requestId })}` : t("problem.internal");
}

function sentence({ field, message }: FieldError): string {
  const words = `${field.replace(/_/g, " ")} ${message}`;
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function wait(duration: number): string {
  return duration < 90
    ? t("problem.wait", { count: Math.ceil(duration) })
    : t("problem.wait-minutes", { count: Math.ceil(duration / 60) });
}
