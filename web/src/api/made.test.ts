// @vitest-environment node
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

const DOCUMENT = "../lambdas/documents/aws/openapi/openapi.json";

it.each([
  ["openapi.d.ts", ["node_modules/openapi-typescript/bin/cli.js", DOCUMENT, "-o"]],
  ["bounds.ts", ["scripts/bounds.mjs"]],
])("%s is what the API's document makes: else `npm run types`", { timeout: 60_000 }, (name, words) => {
  const folder = mkdtempSync(join(tmpdir(), "types-"));
  try {
    const made = join(folder, name);
    execFileSync(process.execPath, [...words, made], { stdio: "pipe" });
    expect(readFileSync(made, "utf8")).toBe(readFileSync(`src/api/${name}`, "utf8"));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
