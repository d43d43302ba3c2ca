/** How large a file may be: the API's OpenAPI document says it, and nothing here says it a second time. */
import type { Limits } from "./check";

let asked: Promise<Limits> | null = null;

export function limits(): Promise<Limits> {
  asked ??= ask().catch(() => {
    asked = null; // the next file asks again
    return { size: null };
  });
  return asked;
}

async function ask(): Promise<Limits> {
  const response = await fetch("/api/v1/openapi.json");
  if (!response.ok) throw new Error(`openapi.json: ${response.status}`);
  return limitsIn(await response.json());
}

export function limitsIn(document: unknown): Limits {
  const maximum = at(document, "components", "schemas", "NewDocument", "properties", "size", "maximum");
  return { size: typeof maximum === "number" ? maximum : null };
}

function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) => (typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[name] : undefined),
    value,
  );
}
