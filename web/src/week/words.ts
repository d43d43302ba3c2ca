/** Days and times as the user's language writes them. */
import { locale } from "../strings";
import { type Day, DAYS } from "./layout";

const FIRST_MONDAY = Date.UTC(2024, 0, 1);
const DAY_MS = 24 * 3600 * 1000;

const long = new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" });
const short = new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" });

export function dayName(day: Day, length: "long" | "short" = "long"): string {
  return (length === "long" ? long : short).format(FIRST_MONDAY + DAYS.indexOf(day) * DAY_MS);
}

/** The day it is on this device. */
export function today(now: Date = new Date()): Day {
  return DAYS[(now.getDay() + 6) % 7] ?? "monday";
}
