/**
 * A week as an iCalendar file (RFC 5545): an event per block, repeated weekly, in floating time - nine o'clock is nine
 * o'clock wherever the calendar is, and on either side of a change of clocks.
 */
import type { Schemas } from "../api/client";
import { type Block, type Day, DAYS } from "./layout";

/** `id` names the document: the same week imported again replaces itself. `now` chooses the first week. */
export function calendarOf(timetable: Schemas["Timetable"], title: string, id: string, now: Date): string {
  const stamp = `${now.toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Pilaster//Timetables//EN",
    "CALSCALE:GREGORIAN",
    `X-WR-CALNAME:${escape(title)}`,
    ...timetable.blocks.flatMap((block) => event(block, id, stamp, now)),
    "END:VCALENDAR",
  ];
  return lines.map((line) => `${fold(line)}\r\n`).join("");
}

function event(block: Block, id: string, stamp: string, now: Date): string[] {
  const date = dateOf(block.day, now);
  return [
    "BEGIN:VEVENT",
    `UID:${id}-${block.day}-${block.start.replace(":", "")}@pilaster`,
    `DTSTAMP:${stamp}`,
    `DTSTART:${date}T${clock(block.start)}`,
    `DTEND:${date}T${clock(block.end)}`,
    "RRULE:FREQ=WEEKLY",
    `SUMMARY:${escape(block.title)}`,
    ...(block.notes ? [`DESCRIPTION:${escape(block.notes)}`] : []),
    "END:VEVENT",
  ];
}

/** That day in the week `now` is in, as this device sees it: `20261123`. */
function dateOf(day: Day, now: Date): string {
  const monday = now.getDate() - ((now.getDay() + 6) % 7);
  const at = new Date(now.getFullYear(), now.getMonth(), monday + DAYS.indexOf(day));
  const two = (value: number) => String(value).padStart(2, "0");
  return `${String(at.getFullYear()).padStart(4, "0")}${two(at.getMonth() + 1)}${two(at.getDate())}`;
}

function clock(time: string): string {
  return `${time.replace(":", "")}00`;
}

/** TEXT of RFC 5545, 3.3.11. Other control characters may not stand in it at all. */
export function escape(text: string): string {
  return text
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, "\n")
    .replace(/(?![\t\n])\p{Cc}/gu, "")
    .replace(/[\\;,]/g, "\\$&")
    .replace(/\n/g, "\\n");
}

const ENCODER = new TextEncoder();
const LONGEST = 75; // octets, the line break not counted (3.1)

/** A line in pieces of at most 75 octets, never in the middle of a character. */
export function fold(line: string): string {
  const pieces: string[] = [];
  let piece = "";
  let octets = 0;
  for (const character of line) {
    const more = ENCODER.encode(character).length;
    if (octets + more > LONGEST) {
      pieces.push(piece);
      piece = "";
      octets = 1; // the space that says it goes on
    }
    piece += character;
    octets += more;
  }
  return [...pieces, piece].join("\r\n ");
}
