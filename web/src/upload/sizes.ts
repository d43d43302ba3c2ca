import { locale } from "../strings";

const MIB = 2 ** 20;

/**
 * Bytes as people say them: `830 kB`, `20 MB`. Powers of two, as the limit is one. What is hardly over a limit is
 * said byte by byte: "20 MB, at most 20 MB" explains nothing.
 */
export function sizeText(bytes: number, limit: number | null = null): string {
  if (limit !== null && bytes > limit && sizeText(bytes) === sizeText(limit)) {
    return `${sizeText(limit)} + ${new Intl.NumberFormat(locale, { style: "unit", unit: "byte", unitDisplay: "long" }).format(bytes - limit)}`;
  }
  const [value, unit] = bytes < MIB ? [Math.max(1, bytes / 1024), "kilobyte"] : [bytes / MIB, "megabyte"];
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
}
