import { en } from "./en";
import { type Message, type Values, write } from "./message";

export type Key = keyof typeof en;
/** What another language has to bring: the same keys, each with the same placeholders. */
export type Language = Readonly<Record<Key, Message>>;

/** Add a language here and its file beside `en.ts`; nothing else knows how many there are. */
const languages: Readonly<Record<string, Language>> = { en };

/** The best of the user's languages that we have. */
export function choose(wanted: readonly string[]): string {
  for (const each of wanted) {
    const plain = each.toLowerCase().split("-")[0] ?? "";
    if (plain in languages) return plain;
  }
  return "en";
}

export const language = choose(typeof navigator === "undefined" ? [] : navigator.languages);
/** For dates and numbers: the user's own region, as long as it is the language the texts are in. */
export const locale =
  (typeof navigator === "undefined" ? [] : navigator.languages).find((each) => each.toLowerCase().startsWith(language)) ??
  language;

const texts = languages[language] ?? en;

/** The text of `key` in the user's language. */
export function t<K extends Key>(key: K, ...values: Values<(typeof en)[K]>): string {
  return write(texts[key], values[0] ?? {}, locale);
}
