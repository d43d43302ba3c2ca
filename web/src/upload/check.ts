/** What can be told of a file before it is sent: what it is, by its first bytes, and whether it is too large. */
import type { Schemas } from "../api/client";

export type Kind = Schemas["NewDocument"]["content_type"];

/** Why a file is not sent: keys of texts under `refused.`. */
export type Refused = "empty" | "large" | "zip" | "heic" | "picture" | "other";

export interface Limits {
  /** Bytes; null while nobody said: then the API says it. */
  size: number | null;
}

const HEAD = 1024; // as far as the API looks for a PDF's mark

export async function check(file: Blob, limits: Limits): Promise<Kind | { refused: Refused }> {
  if (file.size === 0) return { refused: "empty" };
  const kind = kindOf(new Uint8Array(await file.slice(0, HEAD).arrayBuffer()));
  if (typeof kind !== "string") return kind;
  if (limits.size !== null && file.size > limits.size) return { refused: "large" };
  return kind;
}

/** Names and declared types are never asked: they lie. */
export function kindOf(head: Uint8Array): Kind | { refused: Refused } {
  // A letter for each byte. `TextDecoder("latin1")` is windows-1252 in browsers, and is not in Node.
  const text = String.fromCharCode(...head.subarray(0, HEAD));
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (text.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (text.includes("%PDF-")) return "application/pdf";
  if (text.startsWith("PK\x03\x04")) return { refused: "zip" };
  if (text.slice(4, 8) === "ftyp") return { refused: "heic" };
  if (/^(GIF8|BM|II\*\0|MM\0\*|RIFF....WEBP)/s.test(text) || /<svg|^\s*<\?xml/i.test(text.slice(0, 512))) {
    return { refused: "picture" };
  }
  return { refused: "other" };
}

/** A name the API takes: nothing invisible in it, and not too long. */
export function nameFor(name: string): string {
  const visible = name.normalize("NFC").replace(/(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "");
  return Array.from(visible.trim()).slice(0, 255).join("").trim() || "timetable";
}
