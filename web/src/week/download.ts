import type { Schemas } from "../api/client";
import { calendarOf } from "./ics";

/** Hands the week to the browser as a file that calendars open. */
export function downloadCalendar(timetable: Schemas["Timetable"], title: string, id: string): void {
  const text = calendarOf(timetable, title, id, new Date());
  const address = URL.createObjectURL(new Blob([text], { type: "text/calendar;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = `${fileName(title)}.ics`;
  link.click();
  // The browser may still be reading it.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

export function fileName(title: string): string {
  const plain = title
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);
  return plain || "timetable";
}
