/** Finding documents in the list: by words of the name or the date, and by status. */
import { locale, t } from "../strings";
import type { Status, Summary } from "./queries";

const forms = [
  new Intl.DateTimeFormat(locale, { dateStyle: "long" }),
  new Intl.DateTimeFormat(locale, { dateStyle: "short" }),
  new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "short" }),
];

export function matches(document: Summary, words: string, status: Status | null): boolean {
  if (status !== null && document.status !== status) return false;
  const wanted = plain(words).split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return true;
  const text = plain(textOf(document));
  return wanted.every((word) => text.includes(word));
}

function textOf({ name, created_at, status }: Summary): string {
  const at = new Date(created_at);
  return [name, created_at.slice(0, 10), t(`status.${status}`), ...forms.map((form) => form.format(at))].join(" ");
}

/** Without case and accents: who looks for `maths` finds `Màths`. */
function plain(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase(locale);
}
