// Writes src/api/bounds.ts: what bodies may hold, from the OpenAPI document. Types alone do not say it.
import process from "node:process";
import { URL } from "node:url";
import { readFileSync, writeFileSync } from "node:fs";

const out = process.argv[2] ?? "src/api/bounds.ts";
const { schemas } = JSON.parse(
  readFileSync(new URL("../../lambdas/documents/aws/openapi/openapi.json", import.meta.url), "utf8"),
).components;
const block = schemas.CorrectedBlock.properties;
const bounds = {
  TIME: block.start.pattern,
  BLOCKS: schemas.CorrectedTimetable.properties.blocks.maxItems,
  TABLE_TITLE: schemas.CorrectedTimetable.properties.title.maxLength,
  TITLE: block.title.maxLength,
  NOTES: block.notes.maxLength,
  REASON: schemas.Refusal.properties.reason.maxLength,
};
writeFileSync(
  out,
  "/** Made by `npm run types`, as openapi.d.ts is: what the API takes at the most. */\n" +
    `export const bounds = ${JSON.stringify(bounds, null, 2).replace(/"(\w+)":/g, "$1:")} as const;\n`,
);
