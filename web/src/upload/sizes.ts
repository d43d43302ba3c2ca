import { locale } from "../strings";

const MIB = 2 ** 20;

/** Bytes as people say them: `830 kB`, `20 MB`. Powers of two, as the limit is one. */
export function sizeText(bytes: number): string {
  const [value, unit] = bytes < MIB ? [Math.max(1, bytes / 1024), "kilobyte"] : [bytes / MIB, "megabyte"];
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
}
