/** Vite's part of the service worker: which files it keeps, and a version that is theirs. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

/** What is asked for only by reviewers who open a PDF is a megabyte and a half: it comes when it is wanted. */
const NOT_KEPT = /(^|\/)pdf[.-]/;
const ROOT = ["/", "/manifest.webmanifest", "/icon.svg"];

export function serviceWorker(): Plugin {
  return {
    name: "pilaster-service-worker",
    apply: "build",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const source = readFileSync(new URL("./sw.js", import.meta.url), "utf8");
        const made = Object.values(bundle).filter(({ fileName }) => fileName.startsWith("assets/") && !NOT_KEPT.test(fileName));
        const files = [...ROOT, ...made.map(({ fileName }) => `/${fileName}`).sort()];
        const page = bundle["index.html"];
        const hash = createHash("sha256").update(source).update(files.join("\n"));
        if (page?.type === "asset") hash.update(page.source);
        this.emitFile({
          type: "asset",
          fileName: "sw.js",
          source: filled(source, files, hash.digest("hex").slice(0, 16)),
        });
      },
    },
  };
}

export function filled(source: string, files: readonly string[], version: string): string {
  return source.replace("self.__FILES__", JSON.stringify(files)).replace("__VERSION__", version);
}
